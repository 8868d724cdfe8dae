package io.tapstack.tcp.passive;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.demux.RecordQueue;
import io.tapstack.tcp.timing.RoundTripEstimator;

/**
 * The half-open connections of a listener: one record each, one timer for all, and a limit. The SYN-ACK is
 * retransmitted and given up according to RFC 6298 5 and RFC 1122 4.2.3.5.
 */
final class SynQueue {

    private final ListenerHost host;
    private final int limit;
    private final RecordQueue<HalfOpen> queue;

    SynQueue(final ListenerHost host, final int limit) {
        this.host = host;
        this.limit = limit;
        this.queue = new RecordQueue<>(host.timers(), this::timedOut);
    }

    int size() {
        return queue.size();
    }

    boolean isFull() {
        return queue.size() >= limit;
    }

    /** Adds a half-open connection and sends its SYN-ACK. */
    void add(final HalfOpen half, final long nowNanos) {
        host.connections().add(half);
        queue.add(half, nowNanos + half.listener.config().initialRtoNanos());
        host.statistics().observer().stateChanged(half, TcpState.CLOSED, TcpState.SYN_RECEIVED);
        host.halfOpenArrives().sendSynAck(half, nowNanos);
    }

    /** Removes a half-open connection whose handshake is complete. */
    void complete(final HalfOpen half) {
        queue.remove(half);
        host.connections().remove(half);
    }

    /** Removes a half-open connection whose handshake has failed. */
    void drop(final HalfOpen half) {
        queue.remove(half);
        over(half);
    }

    /** Removes and resets all half-open connections. */
    void clear(final long nowNanos) {
        queue.clear(half -> {
            host.halfOpenArrives().reset(half, nowNanos);
            over(half);
        });
    }

    private void over(final HalfOpen half) {
        host.connections().remove(half);
        host.statistics().observer().stateChanged(half, TcpState.SYN_RECEIVED, TcpState.CLOSED);
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
        host.statistics().segmentsRetransmitted++;
        host.halfOpenArrives().sendSynAck(half, nowNanos);
    }
}
