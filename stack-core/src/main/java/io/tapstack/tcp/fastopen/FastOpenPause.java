package io.tapstack.tcp.fastopen;

import io.tapstack.tcp.TcpConfig;

/**
 * Pauses Fast Open of all active opens after a black hole: a middlebox close to the client that passes a SYN with data
 * and then drops all packets breaks Fast Open to each server (RFC 7413 7.1). As on Linux a black hole is the third
 * consecutive timeout, or the last one, of a connection with Fast Open in its SYN, or a FIN whose data never arrived.
 * The pause doubles with each, up to 64 times the first, and is reset when Fast Open works again.
 */
public final class FastOpenPause {

    /** Timeouts before the third consecutive one. */
    private static final int TIMEOUTS_BEFORE = 2;

    private static final int MOST_DOUBLINGS = 6;

    private int blackHoles;
    private long lastNanos;

    /**
     * True while active opens must not use Fast Open.
     *
     * @param pauseNanos {@link TcpConfig#fastOpenPauseNanos()}
     */
    public boolean isOn(final long pauseNanos, final long nowNanos) {
        return pauseNanos > 0
                && blackHoles > 0
                && nowNanos - lastNanos < pauseNanos << Math.min(blackHoles - 1, MOST_DOUBLINGS);
    }

    /**
     * Records a timeout of a connection with Fast Open, after {@code timeoutsBefore} consecutive ones.
     *
     * @param last whether the connection fails with it
     */
    public void timedOut(final TcpConfig config, final int timeoutsBefore, final boolean last, final long nowNanos) {
        if (timeoutsBefore == TIMEOUTS_BEFORE || timeoutsBefore < TIMEOUTS_BEFORE && last) {
            blackHole(config, nowNanos);
        }
    }

    /** Records a black hole. */
    public void blackHole(final TcpConfig config, final long nowNanos) {
        if (config.fastOpenPauseNanos() > 0) {
            blackHoles++;
            lastNanos = nowNanos;
        }
    }

    /** True after a black hole, until Fast Open works again. */
    public boolean isRemembered() {
        return blackHoles > 0;
    }

    /** Ends the memory of black holes: a connection with Fast Open has received data after the pause. */
    public void works() {
        blackHoles = 0;
    }
}
