package io.tapstack.tcp.fastopen;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.IpAddress;

/** Decides whether an active open uses Fast Open (RFC 7413 4.1.3), from its options, the cookie cache and the pause. */
public final class FastOpenUse {

    private FastOpenUse() {}

    /** True if a SYN to {@code server} could carry data now. */
    public static boolean mayCarryData(
            final FastOpenCache cache,
            final FastOpenPause pause,
            final TcpConfig config,
            final IpAddress server,
            final long nowNanos) {
        return isWorthTrying(cache, pause, config, server, nowNanos)
                && (doesWithoutCookie(config) || cache.cookie(server, nowNanos) != null);
    }

    /** True if a SYN to {@code server} may have the Fast Open option now. */
    public static boolean isWorthTrying(
            final FastOpenCache cache,
            final FastOpenPause pause,
            final TcpConfig config,
            final IpAddress server,
            final long nowNanos) {
        return config.fastOpen()
                && config.fastOpenPolicy().client()
                && !pause.isOn(config.fastOpenPauseNanos(), nowNanos)
                && cache.isWorthTrying(server, nowNanos);
    }

    /** True if active opens send data without a cookie. */
    public static boolean doesWithoutCookie(final TcpConfig config) {
        return config.fastOpenWithoutCookie() || config.fastOpenPolicy().clientWithoutCookie();
    }
}
