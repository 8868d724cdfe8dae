package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet device without offload that cuts every received IPv4 packet into two fragments, with or without "don't
 * fragment", and gives it an identification, like a careless router.
 */
final class FragmentingLink extends ForwardingLink {

    private static final int HEADERS = EthernetHeader.LENGTH + Ipv4Header.LENGTH;

    private final ArrayDeque<PacketBuffer> second = new ArrayDeque<>();
    private int identification;
    private long now;

    FragmentingLink(final LinkDevice device) {
        super(device);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        if (!second.isEmpty()) {
            return second.remove();
        }
        final PacketBuffer frame = device.receive(pool);
        if (frame == null || !isLongEnough(frame)) {
            return frame;
        }
        identification++;
        final int firstBytes = (frame.length() - HEADERS) / 2 + 7 & ~7;
        second.add(fragment(pool, frame, firstBytes, frame.length() - HEADERS - firstBytes, 0));
        final PacketBuffer first = fragment(pool, frame, 0, firstBytes, Ipv4Header.MORE_FRAGMENTS);
        frame.release();
        return first;
    }

    private static boolean isLongEnough(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        return EthernetHeader.etherType(bytes, frame.head()) == EthernetHeader.TYPE_IPV4
                && frame.length() > HEADERS + 16;
    }

    private PacketBuffer fragment(
            final BufferPool pool, final PacketBuffer frame, final int from, final int length, final int more) {
        final PacketBuffer fragment = pool.packet(HEADERS + length + 32, 32);
        final int at = fragment.append(HEADERS + length);
        frame.copyTo(0, fragment.memory(), at, HEADERS);
        frame.copyTo(HEADERS + from, fragment.memory(), at + HEADERS, length);
        final ByteBuffer bytes = fragment.memory().bytes();
        final int ip = at + EthernetHeader.LENGTH;
        bytes.putShort(ip + Ipv4Header.TOTAL_LENGTH_OFFSET, (short) (Ipv4Header.LENGTH + length));
        bytes.putShort(ip + Ipv4Header.IDENTIFICATION_OFFSET, (short) identification);
        bytes.putShort(ip + Ipv4Header.FRAGMENT_OFFSET, (short) (more | from >>> 3));
        Ipv4Header.updateChecksum(bytes, ip);
        return fragment;
    }

    @Override
    public long nextEvent() {
        return second.isEmpty() ? device.nextEvent() : now;
    }

    @Override
    public void advance(final long nowNanos) {
        now = nowNanos;
        device.advance(nowNanos);
    }
}
