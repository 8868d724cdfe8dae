package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.tap.TapDevice;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prepared frames of 1500 bytes, with payload and its sum: each needs only two numbers, a checksum and the system call.
 */
final class PlainFrames extends RawFrames {

    private static final int MSS = 1460;

    private final ByteBuffer content;
    private final List<PacketBuffer> frames = new ArrayList<>();
    private final long[] sums = new long[TransferRequest.RAW_BYTES / MSS];
    private long start;

    PlainFrames(final TapDevice device, final BufferPool pool, final Path file) throws IOException {
        super(device, pool);
        this.content = Content.of(file).buffer();
        if (content.remaining() < TransferRequest.RAW_BYTES) {
            throw new IOException("a file of less than " + TransferRequest.RAW_BYTES + " bytes");
        }
    }

    @Override
    void begin(final TransferRequest request, final long position) {
        start = position;
        frames.forEach(PacketBuffer::release);
        frames.clear();
        for (int i = 0; i < sums.length; i++) {
            final PacketBuffer frame = frame(i * MSS, MSS);
            final int tcp = prependTcp(frame, 0, 0, 0, TcpHeader.ACK);
            sums[i] = pseudoHeader(frame.length()) + InternetChecksum.sum(frame, tcp);
            prependIp(frame);
            frames.add(frame);
        }
    }

    private PacketBuffer frame(final int offset, final int length) {
        final PacketBuffer packet = pool.packet(HEADROOM + MSS, HEADROOM);
        packet.memory().bytes().put(packet.append(length), content, offset, length);
        return packet;
    }

    @Override
    int wanted(final long position, final long left) {
        return (int) Math.min(MSS - (position - start) % TransferRequest.RAW_BYTES % MSS, left);
    }

    @Override
    boolean send(
            final long position, final int sequence, final int acknowledgment, final int length, final boolean push)
            throws IOException {
        final long offset = (position - start) % TransferRequest.RAW_BYTES;
        if (length < MSS) {
            return sendOdd((int) offset, sequence, acknowledgment, length);
        }
        final int index = (int) (offset / MSS);
        final PacketBuffer frame = frames.get(index);
        final ByteBuffer bytes = frame.memory().bytes();
        final int tcp = frame.head() + EthernetHeader.LENGTH + Ipv4Header.LENGTH;
        bytes.putInt(tcp + TcpHeader.SEQUENCE_OFFSET, sequence);
        bytes.putInt(tcp + TcpHeader.ACKNOWLEDGMENT_OFFSET, acknowledgment);
        final long sum = sums[index] + (sequence & 0xFFFF_FFFFL) + (acknowledgment & 0xFFFF_FFFFL);
        bytes.putShort(tcp + TcpHeader.CHECKSUM_OFFSET, (short) InternetChecksum.finish(sum));
        return device.transmit(frame);
    }

    /** The last frame of a transfer, or the rest of a small window. */
    private boolean sendOdd(final int offset, final int sequence, final int acknowledgment, final int length)
            throws IOException {
        final PacketBuffer packet = frame(offset, length);
        try {
            finish(packet, 0, sequence, acknowledgment, TcpHeader.ACK | TcpHeader.PSH);
            return device.transmit(packet);
        } finally {
            packet.release();
        }
    }
}
