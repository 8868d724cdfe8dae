package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;

/**
 * TCP_USER_TIMEOUT (tcp(7), RFC 9293 3.9.1, RFC 5482) for retransmissions of a SYN or of data. As in Linux the time
 * starts at the SYN, and for data at the first missing acknowledgement; the retransmission timer expires at its end at
 * the latest. Without a user timeout the number of retransmissions decides.
 */
public final class UserTimeout {

    private final TcpConfig config;
    private long sinceNanos;

    public UserTimeout(final TcpConfig config) {
        this.config = config;
    }

    /** True if the application has set a user timeout. */
    public boolean isSet() {
        return config.userTimeoutNanos() > 0;
    }

    /** Starts the time at {@code nanos}. */
    public void begin(final long nanos) {
        sinceNanos = nanos;
    }

    /** True if the user timeout is set and has passed. */
    public boolean isOver(final long nowNanos) {
        return isSet() && nowNanos - sinceNanos >= config.userTimeoutNanos();
    }

    /** Limits {@code timer} to the end of the user timeout, however long the RTO is. */
    public void limit(final RetransmissionTimer timer) {
        if (isSet()) {
            timer.limit(sinceNanos + config.userTimeoutNanos());
        } else {
            timer.noLimit();
        }
    }
}
