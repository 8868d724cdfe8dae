package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes captured frames as a pcapng file, which Wireshark, tshark and tcpdump read: a Section Header Block, an
 * Interface Description Block for each interface, and an Enhanced Packet Block for each frame. Times are in
 * nanoseconds. All numbers are big-endian, which a reader sees from the byte-order magic.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                          Block Type                           |
 *   +---------------------------------------------------------------+
 *   |                      Block Total Length                       |
 *   +---------------------------------------------------------------+
 *   /         Block Body, padded to 32 bits, with options           /
 *   +---------------------------------------------------------------+
 *   |                      Block Total Length                       |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * Not thread-safe.
 *
 * @see <a href="https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html">PCAP Now Generic Capture File
 *     Format</a>
 */
public final class PcapngWriter implements PacketCapture {

    /** Most bytes of a frame that are kept by default: all, as a super-segment of 64 KiB has fewer. */
    public static final int DEFAULT_SNAP_LENGTH = BufferPool.SUPER;

    private static final int SECTION_HEADER = 0x0A0D_0D0A;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B_3C4D;
    private static final int LINKTYPE_ETHERNET = 1;
    private static final int LINKTYPE_RAW = 101;

    private static final int OPTION_END = 0;
    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_TSRESOL = 9;
    private static final int EPB_FLAGS = 2;
    private static final int NANOSECONDS = 9; // as a negative power of ten

    private static final int BUFFER_BYTES = 1 << 18;
    private static final int PACKET_OVERHEAD = 64;

    private final OutputStream sink;
    private final int snapLength;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private int blockStart;
    private int interfaces;
    private boolean closed;

    /** Creates a writer of whole frames. */
    public PcapngWriter(final OutputStream sink) {
        this(sink, DEFAULT_SNAP_LENGTH);
    }

    /**
     * @param sink of the file, written in large pieces; closed with the writer
     * @param snapLength most bytes of a frame that are kept
     */
    public PcapngWriter(final OutputStream sink, final int snapLength) {
        if (snapLength < 1 || snapLength > DEFAULT_SNAP_LENGTH) {
            throw new IllegalArgumentException("snap length of " + snapLength + " bytes");
        }
        this.sink = sink;
        this.snapLength = snapLength;
        beginBlock(SECTION_HEADER);
        buffer.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1); // of unknown length
        option(SHB_USERAPPL, "Tapstack");
        endOptions();
        endBlock();
    }

    @Override
    public int addInterface(final LinkType type, final String name) throws IOException {
        require(PACKET_OVERHEAD + 4 * name.length());
        beginBlock(INTERFACE_DESCRIPTION);
        buffer.putShort((short) (type == LinkType.ETHERNET ? LINKTYPE_ETHERNET : LINKTYPE_RAW));
        buffer.putShort((short) 0).putInt(snapLength);
        option(IF_NAME, name);
        buffer.putShort((short) IF_TSRESOL).putShort((short) 1).put((byte) NANOSECONDS);
        pad();
        endOptions();
        endBlock();
        return interfaces++;
    }

    /**
     * {@inheritDoc} Of a frame over a mapped file that was cut short, the bytes that are left are written: touching the
     * rest would be a SIGBUS, which the JVM reports as an {@link InternalError} at some later point, outside of any
     * try.
     */
    @Override
    public void write(
            final int interfaceNumber, final Direction direction, final long epochNanos, final PacketBuffer frame)
            throws IOException {
        final int captured = Math.min(intactLength(frame), snapLength);
        require(captured + PACKET_OVERHEAD);
        beginBlock(ENHANCED_PACKET);
        buffer.putInt(interfaceNumber).putLong(epochNanos).putInt(captured).putInt(frame.length());
        data(frame, captured);
        buffer.putShort((short) EPB_FLAGS).putShort((short) Integer.BYTES).putInt(direction.flags);
        endOptions();
        endBlock();
    }

    private static int intactLength(final PacketBuffer frame) {
        int length = frame.contiguousLength();
        for (int i = 0; i < frame.sliceCount(); i++) {
            final Region region = frame.sliceRegion(i);
            final int intact = region.isShared() ? region.intactBytes() - frame.sliceOffset(i) : Integer.MAX_VALUE;
            if (intact < frame.sliceLength(i)) {
                return length + Math.max(0, intact);
            }
            length += frame.sliceLength(i);
        }
        return length;
    }

    /** Writes everything to the sink. */
    @Override
    public void flush() throws IOException {
        drain();
        sink.flush();
    }

    /** Writes everything to the sink and closes it; does nothing the second time. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (sink) {
            drain();
        }
    }

    private void data(final PacketBuffer frame, final int captured) {
        int left = piece(frame.memory(), frame.head(), Math.min(captured, frame.contiguousLength()), captured);
        for (int i = 0; i < frame.sliceCount() && left > 0; i++) {
            left = piece(frame.sliceRegion(i), frame.sliceOffset(i), Math.min(left, frame.sliceLength(i)), left);
        }
        pad();
    }

    /** @return how much of {@code left} is left */
    private int piece(final Region region, final int offset, final int length, final int left) {
        final int end = buffer.position() + length;
        buffer.position(buffer.position() + region.copyTo(offset, buffer, buffer.position(), length));
        while (buffer.position() < end) {
            buffer.put((byte) 0); // of a file that was cut short
        }
        return left - length;
    }

    private void beginBlock(final int type) {
        blockStart = buffer.position();
        buffer.putInt(type).putInt(0);
    }

    private void endBlock() {
        final int length = buffer.position() + Integer.BYTES - blockStart;
        buffer.putInt(length);
        buffer.putInt(blockStart + Integer.BYTES, length);
    }

    private void option(final int code, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.putShort((short) code).putShort((short) bytes.length).put(bytes);
        pad();
    }

    private void endOptions() {
        buffer.putShort((short) OPTION_END).putShort((short) 0);
    }

    /** Blocks consist of whole words and start at one, as the buffer is always drained as a whole. */
    private void pad() {
        while ((buffer.position() & 3) != 0) {
            buffer.put((byte) 0);
        }
    }

    private void require(final int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            drain();
        }
    }

    private void drain() throws IOException {
        sink.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
