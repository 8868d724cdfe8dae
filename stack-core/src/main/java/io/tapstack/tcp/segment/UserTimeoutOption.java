package io.tapstack.tcp.segment;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.TcpOptions;

/**
 * The user timeout option (RFC 5482): both ends say for how long they keep data that is not acknowledged, and whose
 * application has no opinion of its own takes the longer of both, within limits. It is advice, sent once, and off by
 * default, as the RFC has it (3.1, ENABLED): few peers know it, some middleboxes do not like it, and it lets a peer
 * have memory held.
 *
 * <p>Made for connections that use it only.
 */
public final class UserTimeoutOption {

    public static final int LENGTH = TcpOptions.USER_TIMEOUT_LENGTH;

    private static final long SECOND = 1_000_000_000L;
    /** RFC 9293 3.9.1.1: the user timeout of who has not said anything is five minutes. */
    private static final long DEFAULT_NANOS = 300 * SECOND;
    /** L_LIMIT, 3.1: the least that R2 may be, 100 seconds (RFC 1122 4.2.3.5). */
    private static final long LEAST_NANOS = 100 * SECOND;
    /** U_LIMIT, 3.1 and 5: what a peer can have held, and for how long, is bounded. */
    private static final long MOST_NANOS = 3_600 * SECOND;

    private static final int SECONDS_PER_MINUTE = 60;
    private static final int MINUTES = 0x8000; // G, the granularity
    private static final int MAX_VALUE = 0x7FFF;

    private final TcpConfig config;
    /** What {@link #arrives} has set, 0 for nothing; anything else there is the application's. */
    private long adapted;

    private int told;

    public UserTimeoutOption(final TcpConfig config) {
        this.config = config;
    }

    /** ADV_UTO as the option says it (2): 15 bits of seconds, or of minutes, rounded up. */
    public static int advertised(final TcpConfig config) {
        return encode(config.userTimeoutNanos() == 0 ? DEFAULT_NANOS : config.userTimeoutNanos());
    }

    private static int encode(final long nanos) {
        final long seconds = Math.max(1, (nanos + SECOND - 1) / SECOND);
        if (seconds <= MAX_VALUE) {
            return (int) seconds;
        }
        return MINUTES | (int) Math.min(MAX_VALUE, (seconds + SECONDS_PER_MINUTE - 1) / SECONDS_PER_MINUTE);
    }

    private long ownNanos() {
        final long set = config.userTimeoutNanos();
        return set == 0 || set == adapted ? DEFAULT_NANOS : set;
    }

    /**
     * What the next segment is to say, if it has {@code space} bytes left; 0 for nothing. The first one behind the SYN
     * repeats what that said (3.2).
     */
    public int due(final int space) {
        final int own = encode(ownNanos());
        return own == told || space < LENGTH ? 0 : own;
    }

    /** A segment with this went out. */
    public void sent(final int value) {
        told = value;
    }

    /** 3.1: an acceptable segment has come. An application that has set a timeout keeps it (CHANGEABLE). */
    public void arrives(final TcpOptions options) {
        final int value = options.userTimeout();
        final long set = config.userTimeoutNanos();
        if ((value & MAX_VALUE) == 0 || set != 0 && set != adapted) {
            return; // 2: zero is nonsense
        }
        final long remote = (value & MAX_VALUE) * ((value & MINUTES) == 0 ? SECOND : SECONDS_PER_MINUTE * SECOND);
        adapted = Math.min(MOST_NANOS, Math.max(LEAST_NANOS, Math.max(DEFAULT_NANOS, remote)));
        config.userTimeoutNanos(adapted);
    }
}
