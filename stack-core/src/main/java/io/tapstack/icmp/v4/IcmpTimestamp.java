package io.tapstack.icmp.v4;

import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;

/**
 * The Timestamp message (RFC 792, RFC 1122 3.2.2.8): a clock in milliseconds.
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
 * <p>The stack does not know the time of day, so it sets the highest bit: by RFC 792 such a time does not count from
 * midnight UT. The clock has a random start, so that it does not tell the uptime of the machine.
 */
final class IcmpTimestamp {

    static final int LENGTH = 20;

    private static final int RECEIVE_OFFSET = 12;
    private static final int TRANSMIT_OFFSET = 16;
    private static final int NOT_FROM_MIDNIGHT = 0x8000_0000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int start;

    /** @param start any number, best an unpredictable one */
    IcmpTimestamp(final int start) {
        this.start = start;
    }

    /** Turns the request at {@code icmp} into the reply; the packet is received and sent at the same time. */
    void answer(final ByteBuffer bytes, final int icmp, final long nowNanos) {
        final int now = start + (int) (nowNanos / NANOS_PER_MILLI) | NOT_FROM_MIDNIGHT;
        bytes.put(icmp + IcmpHeader.TYPE_OFFSET, (byte) IcmpHeader.TIMESTAMP_REPLY);
        bytes.putInt(icmp + RECEIVE_OFFSET, now);
        bytes.putInt(icmp + TRANSMIT_OFFSET, now);
        IcmpHeader.checksum(bytes, icmp, 0);
        IcmpHeader.checksum(bytes, icmp, InternetChecksum.finish(InternetChecksum.sum(bytes, icmp, LENGTH)));
    }
}
