package io.tapstack.simulation.grid;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Loses the last segments of each piece of one stream, the first time that they arrive. Frames are IP packets,
 * contiguous.
 */
final class TailLossLink extends ForwardingLink {

    private final int pieceBytes;
    private final int segments;
    private final TcpHeader header = new TcpHeader();
    private StackStatistics statistics = new StackStatistics();
    private int first;
    private int highest;

    TailLossLink(final LinkDevice device, final int pieceBytes, final int segments) {
        super(device);
        this.pieceBytes = pieceBytes;
        this.segments = segments;
    }

    @Override
    public void reportTo(final StackStatistics newStatistics) {
        statistics = newStatistics;
        super.reportTo(newStatistics);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        PacketBuffer frame = device.receive(pool);
        while (frame != null && isLost(frame)) {
            statistics.drop(DropReason.LINK_IMPAIRED);
            frame.release();
            frame = device.receive(pool);
        }
        return frame;
    }

    private boolean isLost(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        header.wrap(bytes, frame.head() + Ipv4Header.LENGTH);
        if ((header.flags() & TcpHeader.SYN) != 0) {
            first = header.sequence() + 1;
            highest = first;
            return false;
        }
        final int length = Ipv4Header.totalLength(bytes, frame.head()) - Ipv4Header.LENGTH - header.headerLength();
        final int end = header.sequence() + length;
        if (length == 0 || end - highest <= 0) {
            return false;
        }
        highest = end;
        final int left = pieceBytes - 1 - (end - first - 1) % pieceBytes;
        return left < (segments - 1) * length || left == 0;
    }
}
