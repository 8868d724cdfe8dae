package io.tapstack.tcp.segment;

import io.tapstack.ip.IpPath;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.TcpHeader;

/** The MSS option (RFC 9293 3.7.1, RFC 6691): the default of a version, the minimum, and the value of our SYN. */
public final class MaximumSegmentSize {

    /**
     * A small full segment, for estimates before the size of the peer's segments is known (TCP_MSS_DEFAULT of Linux).
     */
    public static final int DEFAULT = 536;

    /** The smallest MSS in use: with less the segments would have more header than data. */
    public static final int LEAST = 48;

    private MaximumSegmentSize() {}

    /** The MSS of a peer that sends no MSS option: 536 over IPv4, 1,220 over IPv6 (RFC 9293 3.7.1, MUST-15). */
    public static int assumed(final IpPath path) {
        return path.assumedMtu() - path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
    }

    /** Returns the MSS option of our SYN: the largest segment that the link carries without fragmentation. */
    public static int offered(final IpPath path, final TcpConfig config) {
        final int largest = path.linkMtu() - path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
        return config.maxSegment() > 0 ? Math.min(Math.max(LEAST, config.maxSegment()), largest) : largest;
    }

    /** The number of segments of at most {@code largest} bytes that carry {@code payload}; one for no payload. */
    public static int segments(final int payload, final int largest) {
        return Math.max(1, (payload + largest - 1) / largest);
    }
}
