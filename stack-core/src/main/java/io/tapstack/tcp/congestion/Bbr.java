package io.tapstack.tcp.congestion;

/**
 * BBR version 3 (draft-ietf-ccwg-bbr-05): sends at the rate at which the path was seen to deliver, with little more in flight than it holds without a queue. The model of the path is its bandwidth
 * ({@link BandwidthFilter}) and its round trip without a queue ({@link MinRttFilter}); losses bound it ({@link ShortTermModel}, {@link InflightCeiling}). Paced.
 *
 * <ul>
 *   <li>slow start ({@link BbrState#STARTUP}): rate and window double each round trip until three rounds bring no more bandwidth, or more than two percent are lost;
 *       {@link BbrState#DRAIN} then empties the queue;
 *   <li>congestion avoidance (ProbeBW): mostly at the estimated bandwidth, every two to three seconds with a quarter more for a while, then with a tenth less; every five seconds
 *       almost nothing for 200 ms ({@link BbrState#PROBE_RTT}), unless the path has shown its round trip meanwhile;
 *   <li>3 duplicate ACKs: no reduction as such. While probing, more than two percent of loss set the ceiling of what may be in flight and end the probe; at other times bandwidth and window
 *       come down to what was delivered, at most by three tenths a round trip, until the next probe;
 *   <li>timeout: cwnd = what is in flight and one segment; it grows back to the model by what is acknowledged;
 *   <li>ECN: a mark counts as a loss in its round (RFC 3168 6.1.2; the draft has no answer to marks of its own).
 * </ul>
 *
 * <p>Unlike the draft, losses are judged by ACK and not by segment: how much was lost since the most recent segment that the ACK delivers was sent.
 */
public final class Bbr implements CongestionControl {

    private static final double PACING_MARGIN = 0.99;
    private static final int MIN_PIPE_SEGMENTS = 4;
    private static final int STARTUP_FULL_LOSS_COUNT = 6;
    private static final int OFFLOAD_QUANTA = 3;
    private static final int DRAIN_ROUNDS = 3;
    private static final long PROBE_RTT_NANOS = 200_000_000L;
    private static final long MILLIS = 1_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NOT_YET = Long.MIN_VALUE;

    /** What the ACKs since the last change of phase may be of. */
    private enum AckPhase {
        PROBE_STARTING,
        PROBE_FEEDBACK,
        PROBE_STOPPING,
        REFILLING
    }

    private final RoundCounter rounds = new RoundCounter();
    private final BandwidthFilter maxBandwidth = new BandwidthFilter();
    private final MinRttFilter minRtt = new MinRttFilter();
    private final AckAggregation aggregation = new AckAggregation();
    private final FullPipe pipe = new FullPipe();
    private final ShortTermModel shortTerm = new ShortTermModel();
    private final InflightCeiling ceiling = new InflightCeiling();
    private final ProbeSchedule schedule;

    private BbrState state = BbrState.STARTUP;
    private BbrState priorState = BbrState.STARTUP;
    private AckPhase ackPhase = AckPhase.PROBE_STARTING;
    private int mss;
    private int initialWindow;
    private int cwnd;
    private int priorCwnd;
    private double bandwidth; // bytes a second
    private double pacingRate;
    private boolean roundTripSeen;
    private boolean inRecovery;
    private boolean idleRestart;
    private boolean bandwidthProbed; // and what came of it is not known yet
    private boolean cwndLimited; // in the last round
    private boolean cwndLimitedNow;
    private long delivered;
    private long drainStartRound;
    private long probeRttDone = NOT_YET;
    private boolean probeRttRoundDone;

    Bbr(final long seed) {
        this.schedule = new ProbeSchedule(seed);
    }

    @Override
    public String name() {
        return "bbr";
    }

    @Override
    public void established(final int segmentSize, final int initialWindowBytes) {
        mss = segmentSize;
        initialWindow = initialWindowBytes;
        cwnd = initialWindowBytes;
        // 5.6.2: of a round trip of a millisecond, as long as there is none to go by.
        pacingRate = initialRate(MILLIS);
    }

    @Override
    public void takeOver(final CongestionControl previous) {
        cwnd = Math.max(minPipe(), previous.cwnd());
        pacingRate = initialRate(MILLIS);
    }

    @Override
    public void mss(final int segmentSize) {
        mss = segmentSize;
        cwnd = Math.max(cwnd, minPipe());
    }

    @Override
    public int cwnd() {
        return cwnd;
    }

    /** There is no threshold: what is told is the largest window. */
    @Override
    public int ssthresh() {
        return LossBasedControl.MAX_WINDOW;
    }

    @Override
    public long pacingRate() {
        return Math.max(1, (long) pacingRate);
    }

    @Override
    public boolean controlsRecovery() {
        return true;
    }

    /** 5.4.1: the application comes back after a while in which nothing was in flight. */
    @Override
    public void sent(final int bytes, final int priorInFlight, final long nowNanos) {
        if (priorInFlight > 0) {
            return;
        }
        idleRestart = true;
        aggregation.restart(nowNanos);
        if (state.isProbeBw()) {
            setPacingRate(1);
        } else if (state == BbrState.PROBE_RTT) {
            checkProbeRttDone(nowNanos);
        }
    }

    @Override
    public void acknowledged(final AckSample ack) {
        delivered = ack.delivered;
        inRecovery = ack.inRecovery;
        if (ack.deliveredBytes <= 0) {
            noteLosses(ack);
            return;
        }
        noteLosses(ack);
        updateModel(ack);
        updateState(ack);
        shortTerm.advance(ack);
        bandwidth = Math.min(maxBandwidth.max(), shortTerm.bandwidth());
        setPacingRate(state.pacingGain);
        setCwnd(ack);
    }

    @Override
    public void lossDetected(final int flight, final long nowNanos) {
        saveState();
        shortTerm.noteLoss(delivered);
        inRecovery = true;
    }

    @Override
    public void congestionExperienced(final int flight, final long nowNanos) {
        shortTerm.noteLoss(delivered);
    }

    @Override
    public void recovered(final int flight, final long nowNanos) {
        inRecovery = false;
        cwnd = Math.max(cwnd, priorCwnd);
    }

    @Override
    public void timedOut(final int flight, final boolean first, final long nowNanos) {
        if (first) {
            saveState();
            shortTerm.noteLoss(delivered);
        }
        cwnd = Math.max(flight + mss, mss);
    }

    /** 5.5.11: what the model was before the losses that were none. */
    @Override
    public void undo(final long nowNanos) {
        shortTerm.undo();
        ceiling.undo();
        pipe.restart(0);
        cwnd = Math.max(cwnd, priorCwnd);
        inRecovery = false;
        if (state != BbrState.PROBE_RTT && state != priorState) {
            if (priorState == BbrState.STARTUP) {
                state = BbrState.STARTUP;
            } else if (priorState == BbrState.PROBE_BW_UP) {
                startProbeUp(0);
            }
        }
    }

    /** Nothing to do: pacing keeps the window from going out at once. */
    @Override
    public void restartAfterIdle(final long idleNanos, final long rtoNanos) {}

    // ---- The model

    private void noteLosses(final AckSample ack) {
        if (ack.lostBytes > 0) {
            shortTerm.noteLoss(delivered);
        }
    }

    private void updateModel(final AckSample ack) {
        shortTerm.update(ack);
        rounds.update(ack);
        cwndLimitedNow |= ack.priorInFlight + quantum() >= cwnd;
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
        if (!roundTripSeen && ack.rttNanos > 0) {
            roundTripSeen = true;
            pacingRate = initialRate(ack.rttNanos);
        }
    }

    private void updateState(final AckSample ack) {
        checkStartupHighLoss(ack);
        if (state == BbrState.STARTUP && pipe.isReached()) {
            state = BbrState.DRAIN;
            drainStartRound = rounds.count();
        }
        if (state == BbrState.DRAIN
                && (ack.inFlight <= inflight(1) || rounds.count() > drainStartRound + DRAIN_ROUNDS)) {
            startProbeDown(ack.nowNanos);
        }
        if (pipe.isReached()) {
            adaptLongTermModel(ack);
            updateProbePhase(ack);
        }
        minRtt.update(ack);
        checkProbeRtt(ack);
    }

    /** 5.3.1.3: more than two percent lost, in at least six places of a round. */
    private void checkStartupHighLoss(final AckSample ack) {
        if (!pipe.isReached()
                && shortTerm.isRoundStart()
                && shortTerm.lossEvents() >= STARTUP_FULL_LOSS_COUNT
                && InflightCeiling.isTooHigh(ack)) {
            ceiling.set(
                    Math.max(bdp(bandwidth), Math.max(shortTerm.latestInflight(), ack.delivered - ack.priorDelivered)));
            pipe.declare();
        }
    }

    private void adaptLongTermModel(final AckSample ack) {
        if (ackPhase == AckPhase.PROBE_STARTING && rounds.isStart()) {
            ackPhase = AckPhase.PROBE_FEEDBACK;
        }
        if (ackPhase == AckPhase.PROBE_STOPPING && rounds.isStart() && state.isProbeBw() && !ack.appLimited) {
            maxBandwidth.advance();
        }
        if (InflightCeiling.isTooHigh(ack)) {
            if (bandwidthProbed) {
                handleInflightTooHigh(ack);
            }
        } else if (ceiling.isKnown()) {
            ceiling.set(Math.max(ceiling.inflight(), ack.txInFlight));
            if (state == BbrState.PROBE_BW_UP && cwndLimited && cwnd >= ceiling.inflight()) {
                ceiling.rise(ack, rounds.isStart(), cwnd, mss);
            }
        }
    }

    private void handleInflightTooHigh(final AckSample ack) {
        bandwidthProbed = false;
        if (!ack.appLimited) {
            ceiling.set(Math.max(InflightCeiling.inflightAtLoss(ack), (int) (targetInflight() * ShortTermModel.BETA)));
        }
        if (state == BbrState.PROBE_BW_UP) {
            startProbeDown(ack.nowNanos);
        }
    }

    // ---- ProbeBW (5.3.3)

    private void updateProbePhase(final AckSample ack) {
        switch (state) {
            case PROBE_BW_DOWN -> {
                if (!startRefillIfTime(ack.nowNanos) && isTimeToCruise(ack.inFlight)) {
                    state = BbrState.PROBE_BW_CRUISE;
                }
            }
            case PROBE_BW_CRUISE -> startRefillIfTime(ack.nowNanos);
            case PROBE_BW_REFILL -> {
                if (rounds.isStart()) {
                    bandwidthProbed = true;
                    startProbeUp(ack.deliveryRate);
                }
            }
            case PROBE_BW_UP -> {
                if (cwndLimited && cwnd >= ceiling.inflight()) {
                    // The ceiling is in the way: what that says of bandwidth is nothing.
                    pipe.restart(ack.deliveryRate);
                } else if (pipe.isNow()) {
                    startProbeDown(ack.nowNanos);
                }
            }
            default -> {
                // Not probing bandwidth.
            }
        }
    }

    private boolean startRefillIfTime(final long nowNanos) {
        if (!schedule.isTime(nowNanos, rounds.count(), targetInflight() / mss)) {
            return false;
        }
        shortTerm.reset();
        ackPhase = AckPhase.REFILLING;
        rounds.begin(delivered);
        state = BbrState.PROBE_BW_REFILL;
        return true;
    }

    private boolean isTimeToCruise(final int inFlight) {
        return inFlight <= Math.min(ceiling.withHeadroom(mss, minPipe()), inflight(1));
    }

    private void startProbeUp(final long deliveryRate) {
        ackPhase = AckPhase.PROBE_STARTING;
        rounds.begin(delivered);
        pipe.restart(deliveryRate);
        state = BbrState.PROBE_BW_UP;
        ceiling.startRising(cwnd, mss);
    }

    private void startProbeDown(final long nowNanos) {
        shortTerm.resetRound();
        ceiling.stopRising();
        schedule.start(nowNanos, rounds.count());
        ackPhase = AckPhase.PROBE_STOPPING;
        rounds.begin(delivered);
        state = BbrState.PROBE_BW_DOWN;
    }

    // ---- ProbeRTT (5.3.4)

    private void checkProbeRtt(final AckSample ack) {
        if (state == BbrState.PROBE_RTT) {
            handleProbeRtt(ack);
        } else if (minRtt.isExpired() && !idleRestart) {
            saveCwnd();
            state = BbrState.PROBE_RTT;
            probeRttDone = NOT_YET;
            ackPhase = AckPhase.PROBE_STOPPING;
            rounds.begin(delivered);
        }
        idleRestart = false;
    }

    private void handleProbeRtt(final AckSample ack) {
        if (probeRttDone == NOT_YET) {
            if (ack.inFlight <= probeRttCwnd()) {
                // 200 ms, and a round trip, with next to nothing in flight.
                probeRttDone = ack.nowNanos + PROBE_RTT_NANOS;
                probeRttRoundDone = false;
                rounds.begin(delivered);
            }
            return;
        }
        probeRttRoundDone |= rounds.isStart();
        if (probeRttRoundDone) {
            checkProbeRttDone(ack.nowNanos);
        }
    }

    private void checkProbeRttDone(final long nowNanos) {
        if (probeRttDone == NOT_YET || nowNanos - probeRttDone <= 0) {
            return;
        }
        minRtt.refreshed(nowNanos);
        cwnd = Math.max(cwnd, priorCwnd);
        shortTerm.reset();
        if (pipe.isReached()) {
            startProbeDown(nowNanos);
            state = BbrState.PROBE_BW_CRUISE;
        } else {
            state = BbrState.STARTUP;
        }
    }

    // ---- Rate and window (5.6)

    private double initialRate(final long roundTripNanos) {
        return BbrState.STARTUP.pacingGain * cwnd * NANOS_PER_SECOND / roundTripNanos;
    }

    private void setPacingRate(final double gain) {
        final double rate = gain * bandwidth * PACING_MARGIN;
        if (rate > 0 && (pipe.isReached() || rate > pacingRate)) {
            pacingRate = rate;
        }
    }

    private void setCwnd(final AckSample ack) {
        final long most = quantized(bdpMultiple(maxBandwidth.max(), state.cwndGain) + aggregation.extraAcked());
        long window = cwnd;
        if (pipe.isReached()) {
            window = Math.min(window + ack.deliveredBytes, most);
        } else if (window < most || delivered < initialWindow) {
            window += ack.deliveredBytes;
        }
        window = Math.max(window, minPipe());
        if (state == BbrState.PROBE_RTT) {
            window = Math.min(window, probeRttCwnd());
        }
        cwnd = (int) Math.min(window, Math.min(modelBound(), LossBasedControl.MAX_WINDOW));
    }

    /** 5.6.4.7: what the losses allow. */
    private int modelBound() {
        int bound = InflightCeiling.NONE;
        if (state == BbrState.PROBE_RTT || state == BbrState.PROBE_BW_CRUISE) {
            bound = ceiling.withHeadroom(mss, minPipe());
        } else if (state.isProbeBw()) {
            bound = ceiling.inflight();
        }
        return Math.max(minPipe(), Math.min(bound, shortTerm.inflight()));
    }

    private int probeRttCwnd() {
        return (int) Math.max(bdpMultiple(bandwidth, BbrState.PROBE_RTT.cwndGain), minPipe());
    }

    private long targetInflight() {
        return Math.min(bdp(bandwidth), cwnd);
    }

    private long inflight(final double gain) {
        return quantized(bdpMultiple(maxBandwidth.max(), gain));
    }

    /** 5.6.4.2: room for what offload and delayed ACKs hold up, and in Up for a probe that is one although the pipe is tiny. */
    private long quantized(final long inflight) {
        final long enough = Math.max(inflight, Math.max(OFFLOAD_QUANTA * quantum(), minPipe()));
        return state == BbrState.PROBE_BW_UP ? enough + 2L * mss : enough;
    }

    private long bdpMultiple(final double rate, final double gain) {
        return minRtt.isKnown() ? (long) (gain * bdp(rate)) : initialWindow;
    }

    private long bdp(final double rate) {
        return minRtt.isKnown() ? (long) (rate * minRtt.minRtt() / NANOS_PER_SECOND) : initialWindow;
    }

    private int quantum() {
        return SendQuantum.of(pacingRate(), mss);
    }

    private int minPipe() {
        return MIN_PIPE_SEGMENTS * mss;
    }

    private void saveState() {
        saveCwnd();
        priorState = state;
        shortTerm.save();
        ceiling.save();
    }

    private void saveCwnd() {
        final boolean fresh = !inRecovery && state != BbrState.PROBE_RTT;
        priorCwnd = fresh ? cwnd : Math.max(priorCwnd, cwnd);
    }

    @Override
    public String toString() {
        return "%s, %.0f bytes/s, %s, cwnd %d"
                .formatted(state, bandwidth, minRtt.isKnown() ? minRtt.minRtt() / 1000 + " us" : "no round trip", cwnd);
    }
}
