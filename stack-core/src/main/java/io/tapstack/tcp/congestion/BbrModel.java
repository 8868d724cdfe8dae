package io.tapstack.tcp.congestion;

/**
 * The path model of {@link Bbr} (draft-ietf-ccwg-bbr 5.5): bandwidth, round trip without a queue, ACK aggregation and
 * bounds from losses. It gives the bytes that should be in flight.
 */
final class BbrModel {

    private static final int MIN_PIPE_SEGMENTS = 4;
    private static final int OFFLOAD_QUANTA = 3;
    private static final double NANOS_PER_SECOND = 1e9;

    final RoundCounter rounds = new RoundCounter();
    final BandwidthFilter maxBandwidth = new BandwidthFilter();
    final MinRttFilter minRtt = new MinRttFilter();
    final FullPipe pipe = new FullPipe();
    final ShortTermModel shortTerm = new ShortTermModel();
    final InflightCeiling ceiling = new InflightCeiling();
    private final AckAggregation aggregation = new AckAggregation();

    private int mss;
    private int initialWindow;
    private double bandwidth;
    private boolean cwndLimited;
    private boolean cwndLimitedNow;

    void established(final int segmentSize, final int initialWindowBytes) {
        mss = segmentSize;
        initialWindow = initialWindowBytes;
    }

    void mss(final int segmentSize) {
        mss = segmentSize;
    }

    int mss() {
        return mss;
    }

    /** Processes an ACK that delivers data; {@code cwnd} is the window before it. */
    void update(final AckSample ack, final BbrState state, final int cwnd, final int quantum) {
        shortTerm.update(ack);
        rounds.update(ack);
        cwndLimitedNow |= ack.priorInFlight + quantum >= cwnd;
        if (rounds.isStart()) {
            cwndLimited = cwndLimitedNow;
            cwndLimitedNow = false;
        }
        if (ack.deliveryRate > 0 && (!ack.appLimited || ack.deliveryRate >= maxBandwidth.max())) {
            maxBandwidth.update(ack.deliveryRate);
        }
        shortTerm.adapt(state.isAccelerating(), maxBandwidth.max(), cwnd);
        aggregation.update(ack, bandwidth, cwnd, rounds, pipe.isReached());
        pipe.update(ack, rounds.isStart());
    }

    /** Completes the ACK, after the state machine has chosen its state. */
    void finish(final AckSample ack) {
        shortTerm.advance(ack);
        bandwidth = Math.min(maxBandwidth.max(), shortTerm.bandwidth());
    }

    /** Restarts the intervals: the application sends again, and no data was in flight. */
    void restart(final long nowNanos) {
        aggregation.restart(nowNanos);
    }

    /** BBR.bw, in bytes a second. */
    double bandwidth() {
        return bandwidth;
    }

    /** True if the window limited the sender in the last round, and {@code cwnd} has reached the ceiling. */
    boolean isAtCeiling(final int cwnd) {
        return cwndLimited && cwnd >= ceiling.inflight();
    }

    /** BBRBDPMultiple with bw: {@code gain} times the bandwidth-delay product, in bytes. */
    long bdp(final double gain) {
        return multiple(bandwidth, gain);
    }

    /** BBRInflight: the bytes to keep in flight for {@code gain} times the bandwidth-delay product of max_bw. */
    long inflight(final double gain, final BbrState state, final int quantum) {
        return quantized(multiple(maxBandwidth.max(), gain), state, quantum);
    }

    /** BBRUpdateMaxInflight: the largest useful flight in this state, in bytes. */
    long maxInflight(final BbrState state, final int quantum) {
        return quantized(multiple(maxBandwidth.max(), state.cwndGain) + aggregation.extraAcked(), state, quantum);
    }

    /** 5.6.4.7: the bound that losses set, in bytes. */
    int bound(final BbrState state) {
        int bound = InflightCeiling.NONE;
        if (state == BbrState.PROBE_RTT || state == BbrState.PROBE_BW_CRUISE) {
            bound = headroom();
        } else if (state.isProbeBw()) {
            bound = ceiling.inflight();
        }
        return Math.max(minPipe(), Math.min(bound, shortTerm.inflight()));
    }

    /** The ceiling less a headroom for other flows, in bytes. */
    int headroom() {
        return ceiling.withHeadroom(mss, minPipe());
    }

    /** The minimum window, in bytes: enough for a peer that acknowledges every second segment. */
    int minPipe() {
        return MIN_PIPE_SEGMENTS * mss;
    }

    /** 5.6.4.2: adds room for offload and delayed ACKs, and in Up for a useful probe on a path with a small pipe. */
    private long quantized(final long inflight, final BbrState state, final int quantum) {
        final long enough = Math.max(inflight, Math.max(OFFLOAD_QUANTA * quantum, minPipe()));
        return state == BbrState.PROBE_BW_UP ? enough + 2L * mss : enough;
    }

    private long multiple(final double rate, final double gain) {
        return minRtt.isKnown() ? (long) (gain * rate * minRtt.minRtt() / NANOS_PER_SECOND) : initialWindow;
    }
}
