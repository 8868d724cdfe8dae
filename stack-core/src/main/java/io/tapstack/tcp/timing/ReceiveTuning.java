package io.tapstack.tcp.timing;

import io.tapstack.buffer.BufferPool;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.segment.Timestamps;

/**
 * The size of the receive buffer: dynamic right-sizing, as in Linux ({@code tcp_rcv_space_adjust}). The bytes that the
 * application reads per round trip are the peer's rate; the window must be twice that, so that the peer can send during
 * a repair, and more as the rate grows, since a peer in slow start doubles it per round trip. Unread data never makes
 * the buffer grow, memory pressure resets it to its initial size, and a fixed size (SO_RCVBUF) stays.
 */
public final class ReceiveTuning {

    /** Initial window of a sender in segments (RFC 6928). */
    private static final int INITIAL_SEGMENTS = 10;

    private final TcpConfig config;
    private final BufferPool pool;
    private final ReceiverRoundTrip roundTrip = new ReceiverRoundTrip();
    private long openedNanos;
    private int grown;

    // The current round trip, and the most that was read in a previous one.
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
     * Processes a timestamp echo as {@link ReceiverRoundTrip#echoed} does. An echo older than the connection is
     * ignored, as it is not of a timestamp that we sent.
     */
    public void echoed(final int tsEcr, final long age, final long nowNanos) {
        if (age <= nowNanos - openedNanos + Timestamps.NANOS_PER_TICK) {
            roundTrip.echoed(tsEcr, age);
        }
    }

    /** The receiver's round-trip estimate. */
    public ReceiverRoundTrip roundTrip() {
        return roundTrip;
    }

    /** Size of the buffer, in bytes of payload. */
    public int bufferBytes() {
        return Math.max(config.receiveBufferBytes(), Math.min(grown, config.receiveBufferLimit()));
    }

    /** The largest window to announce, in bytes. */
    public int windowBytes() {
        return config.windowClamp() == 0 ? bufferBytes() : Math.min(bufferBytes(), config.windowClamp());
    }

    /** The most that the application has read per round trip, or the initial estimate, in bytes. */
    public long mostInARoundTrip() {
        return most;
    }

    /** Records that the application has read {@code bytes}. */
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

    /** Resets the buffer to its initial size under memory pressure. A window that was announced stays. */
    public void collapse() {
        grown = 0;
        most = Math.min(most, config.receiveBufferBytes());
    }
}
