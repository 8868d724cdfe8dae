package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.tap.TapDevice;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Super-frames whose payload is gathered in place: from the file's mapping, or from its first 64 KiB. */
final class SuperFrames extends RawFrames {

    private static final int MSS = 1460;

    private static final class Borrowed extends Region {

        Borrowed(final ByteBuffer bytes) {
            super(bytes);
        }

        @Override
        protected void recycle() {}
    }

    private final Region mapping;
    private final Region buffer;
    private Region source;
    private long start;

    SuperFrames(final TapDevice device, final BufferPool pool, final Path file) throws IOException {
        super(device, pool);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            mapping = new Borrowed(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        }
        final ByteBuffer warm = ByteBuffer.allocateDirect(Math.min(TransferRequest.RAW_BYTES, mapping.capacity()));
        warm.put(0, mapping.bytes(), 0, warm.capacity());
        buffer = new Borrowed(warm);
        source = buffer;
    }

    @Override
    void begin(final TransferRequest request, final long position) {
        source = request.kind() == TransferRequest.Kind.SENDFILE ? mapping : buffer;
        start = position;
    }

    @Override
    int wanted(final long position, final long left) {
        final long toEnd = source.capacity() - (position - start) % source.capacity();
        return (int) Math.min(Math.min(TransferRequest.RAW_BYTES, toEnd), left);
    }

    @Override
    boolean send(
            final long position, final int sequence, final int acknowledgment, final int length, final boolean push)
            throws IOException {
        final PacketBuffer packet = pool.packet(HEADROOM, HEADROOM);
        try {
            packet.addSlice(source, (int) ((position - start) % source.capacity()), length);
            final int tcp = prependTcp(
                    packet, 0, sequence, acknowledgment, push ? TcpHeader.ACK | TcpHeader.PSH : TcpHeader.ACK);
            packet.memory().bytes().putShort(tcp + TcpHeader.CHECKSUM_OFFSET, (short)
                    InternetChecksum.fold(pseudoHeader(packet.length())));
            packet.requestChecksum(tcp, TcpHeader.CHECKSUM_OFFSET);
            if (length > MSS) {
                packet.gsoSize(MSS);
            }
            prependIp(packet);
            return device.transmit(packet);
        } finally {
            packet.release();
        }
    }
}
