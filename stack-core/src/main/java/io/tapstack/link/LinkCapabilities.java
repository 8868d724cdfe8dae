package io.tapstack.link;

/**
 * The work that a device takes over from the stack.
 *
 * @param type the header that a frame starts with
 * @param mtu largest IP packet in bytes that is not a super-segment
 * @param txChecksum the device computes TCP and UDP checksums of frames that ask for it
 * @param rxChecksumTrusted the device may mark received packets as having a good transport checksum
 * @param maxSegmentOffload largest IP packet in bytes that the device accepts with a
 *     {@linkplain io.tapstack.buffer.PacketBuffer#gsoSize() segment size} and cuts by itself; 0 if it cuts nothing, at
 *     most 65,535. Implies {@code txChecksum}.
 */
public record LinkCapabilities(
        LinkType type, int mtu, boolean txChecksum, boolean rxChecksumTrusted, int maxSegmentOffload) {

    /** Smallest MTU that IPv4 works on (RFC 791). */
    public static final int MIN_MTU = 68;

    /** Largest IP packet. */
    public static final int MAX_MTU = 65_535;

    public LinkCapabilities {
        if (mtu < MIN_MTU || mtu > MAX_MTU) {
            throw new IllegalArgumentException("MTU " + mtu + " is not between " + MIN_MTU + " and " + MAX_MTU);
        }
        if (maxSegmentOffload < 0 || maxSegmentOffload > MAX_MTU) {
            throw new IllegalArgumentException(
                    "segment offload of " + maxSegmentOffload + " bytes is not between 0 and 65535");
        }
        if (maxSegmentOffload > 0 && !txChecksum) {
            throw new IllegalArgumentException("segment offload needs checksum offload");
        }
    }

    /** A device without offload. */
    public static LinkCapabilities plain(final LinkType type, final int mtu) {
        return new LinkCapabilities(type, mtu, false, false, 0);
    }
}
