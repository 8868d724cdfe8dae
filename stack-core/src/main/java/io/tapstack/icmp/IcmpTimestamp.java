package io.tapstack.icmp;

import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;

/**
 * The Timestamp message (RFC 792, RFC 1122 3.2.2.8): what the clock shows here, in milliseconds.
 *
 * <pre>
 *   +---------------+---------------+-------------------------------+
 *   |     Type      |     Code      |           Checksum            |
 *   |          Identifier           |        Sequence number        |
 *   |                     Originate timestamp                       |
 *   |                      Receive timestamp                        |
 *   |                     Transmit timestamp                        |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>The stack does not know what time of the day it is. RFC 792 has a way to say so: a time that does not count from
 * midnight UT has its highest bit set. It starts somewhere, so that it does not tell how long the machine has been
 * running.
 */
final class IcmpTimestamp {

    static final int LENGTH = 20;

    private static final int RECEIVE_OFFSET = 12;
    private static final int TRANSMIT_OFFSET = 16;
    private static final int NOT_FROM_MIDNIGHT = 0x8000_0000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int start;

    /** @param start any number, best one that nobody can guess */
    IcmpTimestamp(final int start) {
        this.start = start;
    }

    /** Makes a reply of the request at {@code icmp}; the packet is received and sent at once. */
    void answer(final ByteBuffer bytes, final int icmp, final long nowNanos) {
        final int now = start + (int) (nowNanos / NANOS_PER_MILLI) | NOT_FROM_MIDNIGHT;
        bytes.put(icmp + IcmpHeader.TYPE_OFFSET, (byte) IcmpHeader.TIMESTAMP_REPLY);
        bytes.putInt(icmp + RECEIVE_OFFSET, now);
        bytes.putInt(icmp + TRANSMIT_OFFSET, now);
        IcmpHeader.checksum(bytes, icmp, 0);
        IcmpHeader.checksum(bytes, icmp, InternetChecksum.finish(InternetChecksum.sum(bytes, icmp, LENGTH)));
    }
}
