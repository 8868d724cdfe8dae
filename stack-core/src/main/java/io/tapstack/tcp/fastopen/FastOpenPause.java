package io.tapstack.tcp.fastopen;

import io.tapstack.tcp.TcpConfig;

/**
 * Active opens do without Fast Open for a while after it has met a black hole: middleboxes close to the client, which
 * let a SYN with data through and then drop everything, break it on the way to each server alike (RFC 7413 7.1). As on
 * Linux the pause begins with a third timeout in a row, or the last one, of a connection that had something of Fast
 * Open in its SYN, or with a FIN whose data never came; it doubles with each, up to 64 times the first one, and is
 * forgotten when Fast Open works again.
 */
public final class FastOpenPause {

    /** The third timeout in a row comes after two. */
    private static final int TIMEOUTS_BEFORE = 2;

    private static final int MOST_DOUBLINGS = 6;

    private int blackHoles;
    private long lastNanos;

    /** True while active opens do without. @param pauseNanos {@link TcpConfig#fastOpenPauseNanos()} */
    public boolean isOn(final long pauseNanos, final long nowNanos) {
        return pauseNanos > 0
                && blackHoles > 0
                && nowNanos - lastNanos < pauseNanos << Math.min(blackHoles - 1, MOST_DOUBLINGS);
    }

    /** A connection with Fast Open has timed out after so many timeouts in a row. @param last whether it is given up */
    public void timedOut(final TcpConfig config, final int timeoutsBefore, final boolean last, final long nowNanos) {
        if (timeoutsBefore == TIMEOUTS_BEFORE || timeoutsBefore < TIMEOUTS_BEFORE && last) {
            blackHole(config, nowNanos);
        }
    }

    /** One was met. */
    public void blackHole(final TcpConfig config, final long nowNanos) {
        if (config.fastOpenPauseNanos() > 0) {
            blackHoles++;
            lastNanos = nowNanos;
        }
    }

    /** True if one was met, and nothing since then has shown that it is gone. */
    public boolean isRemembered() {
        return blackHoles > 0;
    }

    /** A connection that has used Fast Open after the pause has received data. */
    public void works() {
        blackHoles = 0;
    }
}
