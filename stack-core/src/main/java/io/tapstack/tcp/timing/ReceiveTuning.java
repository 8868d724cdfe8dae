package io.tapstack.tcp.timing;

import io.tapstack.buffer.BufferPool;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.segment.Timestamps;

/**
 * How large the receive buffer is: dynamic right-sizing, as Linux does it ({@code tcp_rcv_space_adjust}). What the
 * application reads in a round trip is what the peer could send in it. The window has to be twice that, so that the
 * peer can go on while a loss is repaired, and as much more as the rate grows: a peer in slow start sends twice as much
 * in the round trip after. The buffer never grows because data lies in it that nobody reads; under memory pressure it
 * goes back to what it started with. A buffer with a fixed size (SO_RCVBUF) stays as it is.
 */
public final class ReceiveTuning {

    /** Segments that a sender may send to begin with (RFC 6928). */
    private static final int INITIAL_SEGMENTS = 10;

    private final TcpConfig config;
    private final BufferPool pool;
    private final ReceiverRoundTrip roundTrip = new ReceiverRoundTrip();
    private long openedNanos;
    private int grown;

    // The round trip that goes on, and the most that was read in one before.
    private long start;
    private long taken;
    private long most;

    public ReceiveTuning(final TcpConfig config, final BufferPool pool) {
        this.config = config;
        this.pool = pool;
    }

    /** The handshake is complete. */
    public void established(final long roundTripNanos, final int segmentBytes, final long nowNanos) {
        roundTrip.established(roundTripNanos);
        openedNanos = nowNanos - roundTripNanos;
        most = Math.min(config.receiveBufferBytes(), INITIAL_SEGMENTS * segmentBytes);
        start = nowNanos;
    }

    /**
     * As {@link ReceiverRoundTrip#echoed}. What is older than the connection cannot be an echo of ours: the peer, or
     * somebody between, has made it up.
     */
    public void echoed(final int tsEcr, final long age, final long nowNanos) {
        if (age <= nowNanos - openedNanos + Timestamps.NANOS_PER_TICK) {
            roundTrip.echoed(tsEcr, age);
        }
    }

    public ReceiverRoundTrip roundTrip() {
        return roundTrip;
    }

    /** The size of the buffer, in bytes of payload. */
    public int bufferBytes() {
        return Math.max(config.receiveBufferBytes(), Math.min(grown, config.receiveBufferLimit()));
    }

    /** The largest window to announce. */
    public int windowBytes() {
        return config.windowClamp() == 0 ? bufferBytes() : Math.min(bufferBytes(), config.windowClamp());
    }

    /** The most that the application has read in a round trip, or the initial guess at it. */
    public long mostInARoundTrip() {
        return most;
    }

    /** The application has read {@code bytes}. */
    public void taken(final int bytes, final int segmentBytes, final long nowNanos) {
        taken += bytes;
        if (roundTrip.nanos() == 0 || nowNanos - start < roundTrip.nanos()) {
            return;
        }
        if (taken > most) {
            grow(segmentBytes);
            most = taken;
        }
        taken = 0;
        start = nowNanos;
    }

    private void grow(final int segmentBytes) {
        if (pool.isTight()) {
            return;
        }
        final double steady = 2.0 * taken + 16.0 * segmentBytes;
        final double growth = 2 * steady * (taken - most) / most;
        grown = (int) Math.max(grown, Math.min(steady + growth, config.receiveBufferLimit()));
    }

    /** Memory is short: back to where it started. What was promised to the peer stays promised. */
    public void collapse() {
        grown = 0;
        most = Math.min(most, config.receiveBufferBytes());
    }
}
