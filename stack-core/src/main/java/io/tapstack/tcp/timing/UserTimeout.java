package io.tapstack.tcp.timing;

import io.tapstack.tcp.TcpConfig;

/**
 * TCP_USER_TIMEOUT (tcp(7), RFC 9293 3.9.1, RFC 5482) of what is sent again and again: a SYN, or data. As in Linux it
 * counts from the SYN, but for data from when that was first not acknowledged in time; and the retransmission timer
 * does not wait for longer than it. Without one the number of retransmissions decides.
 */
public final class UserTimeout {

    private final TcpConfig config;
    private long sinceNanos;

    public UserTimeout(final TcpConfig config) {
        this.config = config;
    }

    public boolean isSet() {
        return config.userTimeoutNanos() > 0;
    }

    public void begin(final long nanos) {
        sinceNanos = nanos;
    }

    public boolean isOver(final long nowNanos) {
        return isSet() && nowNanos - sinceNanos >= config.userTimeoutNanos();
    }

    /** Has {@code timer} expire when it is over, however far the RTO is backed off. */
    public void limit(final RetransmissionTimer timer) {
        if (isSet()) {
            timer.limit(sinceNanos + config.userTimeoutNanos());
        } else {
            timer.noLimit();
        }
    }
}
