package io.tapstack.tcp.segment;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.TcpOptions;

/**
 * The user timeout option (RFC 5482): both ends announce their user timeout, and a connection without a timeout of its
 * application uses the longer one, within limits. The option is advisory, sent once, and off by default as in the RFC
 * (3.1, ENABLED): few peers support it, some middleboxes mishandle it, and it lets a peer hold memory longer.
 *
 * <p>Created only for connections that use the option.
 */
public final class UserTimeoutOption {

    /** Length of the option, in bytes. */
    public static final int LENGTH = TcpOptions.USER_TIMEOUT_LENGTH;

    private static final long SECOND = 1_000_000_000L;
    /** RFC 9293 3.9.1.1: the default user timeout is five minutes. */
    private static final long DEFAULT_NANOS = 300 * SECOND;
    /** L_LIMIT, 3.1: the lower limit of R2, 100 seconds (RFC 1122 4.2.3.5). */
    private static final long LEAST_NANOS = 100 * SECOND;
    /** U_LIMIT, 3.1 and 5: bounds the time for which a peer can hold memory. */
    private static final long MOST_NANOS = 3_600 * SECOND;

    private static final int SECONDS_PER_MINUTE = 60;
    private static final int MINUTES = 0x8000; // G, the granularity
    private static final int MAX_VALUE = 0x7FFF;

    private final TcpConfig config;
    /** Value set by {@link #arrives}, 0 for none; any other timeout is the application's. */
    private long adapted;

    private int told;

    public UserTimeoutOption(final TcpConfig config) {
        this.config = config;
    }

    /** ADV_UTO in the format of the option (2): 15 bits of seconds, or of minutes, rounded up. */
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
     * Returns the option value of the next segment with {@code space} bytes left; 0 for no option. The first segment
     * after the SYN repeats the option of the SYN (3.2).
     */
    public int due(final int space) {
        final int own = encode(ownNanos());
        return own == told || space < LENGTH ? 0 : own;
    }

    /** Records a segment with this option value. */
    public void sent(final int value) {
        told = value;
    }

    /**
     * 3.1: processes the option of an acceptable segment. A timeout of the application takes precedence (CHANGEABLE).
     */
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
