package io.tapstack.tap;

import io.tapstack.buffer.PacketBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of every frame on a TAP with IFF_VNET_HDR: {@code struct virtio_net_hdr} of {@code <linux/virtio_net.h>},
 * in the byte order of the machine.
 *
 * <pre>
 *   0        1          2         4          6            8             10
 *   | flags  | gso_type | hdr_len | gso_size | csum_start | csum_offset |
 * </pre>
 *
 * {@code hdr_len} is the length of all headers, {@code gso_size} the payload of each segment, {@code csum_start} where
 * summing starts, all counted from the frame's first byte; {@code csum_offset} is where the sum goes, counted from
 * {@code csum_start}.
 */
final class VirtioNetHeader {

    static final int BYTES = 10;

    static final int FLAGS_OFFSET = 0;
    static final int GSO_TYPE_OFFSET = 1;
    static final int HDR_LEN_OFFSET = 2;
    static final int GSO_SIZE_OFFSET = 4;
    static final int CSUM_START_OFFSET = 6;
    static final int CSUM_OFFSET_OFFSET = 8;

    /** The transport checksum is not filled in; csum_start and csum_offset describe it. */
    static final int VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;

    /** The transport checksum was verified. */
    static final int VIRTIO_NET_HDR_F_DATA_VALID = 2;

    static final int VIRTIO_NET_HDR_GSO_NONE = 0;
    static final int VIRTIO_NET_HDR_GSO_TCPV4 = 1;
    static final int VIRTIO_NET_HDR_GSO_TCPV6 = 4;
    static final int VIRTIO_NET_HDR_GSO_UDP_L4 = 5;

    /** Added to a TCP type when the first segment carries CWR. */
    static final int VIRTIO_NET_HDR_GSO_ECN = 0x80;

    private static final VarHandle SHORTS =
            MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.nativeOrder());

    private static final int ETHER_TYPE_OFFSET = 12;
    private static final int ETHER_TYPE_IPV6 = 0x86DD;
    private static final int TCP_CHECKSUM_OFFSET = 16;
    private static final int TCP_DATA_OFFSET_OFFSET = 12;
    private static final int TCP_FLAGS_OFFSET = 13;
    private static final int TCP_CWR = 0x80;
    private static final int UDP_HEADER_BYTES = 8;

    private VirtioNetHeader() {}

    /** Writes at {@code at} the frame's requests to the device. */
    static void encode(final PacketBuffer frame, final ByteBuffer target, final int at) {
        if (!frame.checksumWanted()) {
            target.putShort(at, (short) 0);
            target.putLong(at + 2, 0);
            return;
        }
        final int checksumStart = frame.checksumStart() - frame.head();
        int gsoType = VIRTIO_NET_HDR_GSO_NONE;
        int headerLength = 0;
        int gsoSize = 0;
        if (frame.gsoSize() > 0) {
            final int headers = checksumStart + transportHeaderLength(frame);
            // A frame of one segment is not a super-segment.
            if (frame.length() - headers > frame.gsoSize()) {
                gsoType = gsoType(frame);
                headerLength = headers;
                gsoSize = frame.gsoSize();
            }
        }
        target.put(at + FLAGS_OFFSET, (byte) VIRTIO_NET_HDR_F_NEEDS_CSUM);
        target.put(at + GSO_TYPE_OFFSET, (byte) gsoType);
        SHORTS.set(target, at + HDR_LEN_OFFSET, (short) headerLength);
        SHORTS.set(target, at + GSO_SIZE_OFFSET, (short) gsoSize);
        SHORTS.set(target, at + CSUM_START_OFFSET, (short) checksumStart);
        SHORTS.set(target, at + CSUM_OFFSET_OFFSET, (short) frame.checksumOffset());
    }

    /**
     * Notes on a received frame what the header at {@code at} says. An unfinished checksum is as good as a verified
     * one: the packet never left this host. The segment size is that of the segments that the frame replaces.
     */
    static void decode(final ByteBuffer source, final int at, final PacketBuffer frame) {
        final int flags = source.get(at + FLAGS_OFFSET);
        frame.checksumTrusted((flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID)) != 0);
        if (source.get(at + GSO_TYPE_OFFSET) != VIRTIO_NET_HDR_GSO_NONE) {
            frame.gsoSize((short) SHORTS.get(source, at + GSO_SIZE_OFFSET) & 0xFFFF);
        }
    }

    private static boolean isTcp(final PacketBuffer frame) {
        return frame.checksumOffset() == TCP_CHECKSUM_OFFSET;
    }

    private static int transportHeaderLength(final PacketBuffer frame) {
        if (!isTcp(frame)) {
            return UDP_HEADER_BYTES;
        }
        final int dataOffset = frame.memory().bytes().get(frame.checksumStart() + TCP_DATA_OFFSET_OFFSET) & 0xF0;
        return dataOffset >>> 2;
    }

    private static int gsoType(final PacketBuffer frame) {
        if (!isTcp(frame)) {
            return VIRTIO_NET_HDR_GSO_UDP_L4;
        }
        final ByteBuffer bytes = frame.memory().bytes();
        final int etherType = bytes.getShort(frame.head() + ETHER_TYPE_OFFSET) & 0xFFFF;
        final int flags = bytes.get(frame.checksumStart() + TCP_FLAGS_OFFSET);
        final int type = etherType == ETHER_TYPE_IPV6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
        return (flags & TCP_CWR) == 0 ? type : type | VIRTIO_NET_HDR_GSO_ECN;
    }
}
