package io.tapstack.tcp;

import io.tapstack.time.TimerWheel;

/**
 * The half-open connections of a listener: each a record, one timer for all. Limited in number; the SYN-ACK is sent
 * again and given up as RFC 6298 5 and RFC 1122 4.2.3.5 say.
 */
final class SynQueue {

    private final TcpProtocol protocol;
    private final int limit;
    private final RecordQueue<HalfOpen> queue;

    SynQueue(final TcpProtocol protocol, final TimerWheel timers, final int limit) {
        this.protocol = protocol;
        this.limit = limit;
        this.queue = new RecordQueue<>(timers, this::timedOut);
    }

    int size() {
        return queue.size();
    }

    boolean isFull() {
        return queue.size() >= limit;
    }

    /** The SYN has come: sends the SYN-ACK. */
    void add(final HalfOpen half, final long nowNanos) {
        protocol.add(half);
        queue.add(half, nowNanos + half.listener.config().initialRtoNanos());
        protocol.statistics().observer().stateChanged(half, TcpState.CLOSED, TcpState.SYN_RECEIVED);
        protocol.halfOpenArrives().sendSynAck(half, nowNanos);
    }

    /** The handshake is complete: the record makes room for its connection. */
    void complete(final HalfOpen half) {
        queue.remove(half);
        protocol.remove(half);
    }

    /** The handshake has failed. */
    void drop(final HalfOpen half) {
        queue.remove(half);
        over(half);
    }

    /** Forgets all; their peers are told. */
    void clear(final long nowNanos) {
        queue.clear(half -> {
            protocol.halfOpenArrives().reset(half, nowNanos);
            over(half);
        });
    }

    private void over(final HalfOpen half) {
        protocol.remove(half);
        protocol.statistics().observer().stateChanged(half, TcpState.SYN_RECEIVED, TcpState.CLOSED);
    }

    private void timedOut(final HalfOpen half, final long nowNanos) {
        final TcpConfig config = half.listener.config();
        if (half.timeouts >= config.synAckRetries() && !DeferAccept.isTimeLeft(half)) {
            over(half);
            return;
        }
        final boolean waits = DeferAccept.waits(half);
        half.timeouts++;
        queue.add(half, nowNanos + RoundTripEstimator.initialRto(config, half.timeouts));
        if (waits) {
            return;
        }
        half.repeated = true;
        half.retransmissions++;
        protocol.statistics().segmentsRetransmitted++;
        protocol.halfOpenArrives().sendSynAck(half, nowNanos);
    }
}
