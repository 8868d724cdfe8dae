package io.tapstack.tcp.congestion;

/**
 * BBR version 3 (draft-ietf-ccwg-bbr-05): sends at the delivery rate of the path, with little more in flight than the
 * path holds without a queue. The model of the path has its bandwidth ({@link BandwidthFilter}) and its round trip
 * without a queue ({@link MinRttFilter}), and losses bound it ({@link ShortTermModel}, {@link InflightCeiling}).
 * Segments are paced.
 *
 * <ul>
 *   <li>slow start ({@link BbrState#STARTUP}): rate and window double each round trip until three rounds bring no more
 *       bandwidth, or more than two percent are lost; {@link BbrState#DRAIN} then empties the queue;
 *   <li>congestion avoidance (ProbeBW): the estimated bandwidth; every two to three seconds a quarter more for a while,
 *       then a tenth less; every five seconds almost nothing for 200 ms ({@link BbrState#PROBE_RTT}), unless the round
 *       trip was measured meanwhile;
 *   <li>3 duplicate ACKs: no reduction of their own. During a probe a loss of more than two percent sets the inflight
 *       ceiling and ends the probe; at other times bandwidth and window fall to the delivered amount, at most by three
 *       tenths per round trip, until the next probe;
 *   <li>timeout: cwnd = bytes in flight + 1 segment; it grows by the acknowledged bytes back to the model;
 *   <li>ECN: a mark counts as a loss in its round (RFC 3168 6.1.2; the draft does not define a response to marks).
 * </ul>
 *
 * <p>Unlike the draft, this class evaluates losses per ACK and not per segment: the bytes lost since the most recent
 * segment that the ACK delivers was sent.
 */
public final class Bbr implements CongestionControl {

    private static final double PACING_MARGIN = 0.99;
    private static final int STARTUP_FULL_LOSS_COUNT = 6;
    private static final int DRAIN_ROUNDS = 3;
    private static final long MILLIS = 1_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;

    private final BbrModel model = new BbrModel();
    private final ProbeSchedule schedule;
    private final ProbeRttStay probeRtt = new ProbeRttStay();

    private BbrState state = BbrState.STARTUP;
    private BbrState priorState = BbrState.STARTUP;
    private int initialWindow;
    private int cwnd;
    private int priorCwnd;
    private double pacingRate; // bytes a second
    private boolean roundTripSeen;
    private boolean inRecovery;
    private boolean idleRestart;
    private boolean bandwidthProbed; // and losses say what came of it
    private boolean probeStopping; // the ACKs of this round are the last of the probe
    private long delivered;
    private long drainStartRound;

    Bbr(final long seed) {
        this.schedule = new ProbeSchedule(seed);
    }

    @Override
    public String name() {
        return "bbr";
    }

    @Override
    public void established(final int segmentSize, final int initialWindowBytes) {
        model.established(segmentSize, initialWindowBytes);
        initialWindow = initialWindowBytes;
        cwnd = initialWindowBytes;
        // 5.6.2: the rate for a round trip of one millisecond, until a round trip is measured.
        pacingRate = initialRate(MILLIS);
    }

    @Override
    public void takeOver(final CongestionControl previous) {
        cwnd = Math.max(model.minPipe(), previous.cwnd());
        pacingRate = initialRate(MILLIS);
    }

    @Override
    public void mss(final int segmentSize) {
        model.mss(segmentSize);
        cwnd = Math.max(cwnd, model.minPipe());
    }

    @Override
    public int cwnd() {
        return cwnd;
    }

    /** BBR has no threshold; returns the largest window. */
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

    /** 5.4.1: restarts the model when the application sends again and no data is in flight. */
    @Override
    public void sent(final int bytes, final int priorInFlight, final long nowNanos) {
        if (priorInFlight > 0) {
            return;
        }
        idleRestart = true;
        model.restart(nowNanos);
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
        if (ack.lostBytes > 0) {
            model.shortTerm.noteLoss(delivered);
        }
        if (ack.deliveredBytes <= 0) {
            return;
        }
        model.update(ack, state, cwnd, quantum());
        seeRoundTrip(ack);
        updateState(ack);
        model.finish(ack);
        setPacingRate(state.pacingGain);
        setCwnd(ack);
    }

    @Override
    public void lossDetected(final int flight, final long nowNanos) {
        saveState();
        model.shortTerm.noteLoss(delivered);
        inRecovery = true;
    }

    @Override
    public void congestionExperienced(final int flight, final boolean alternativeBackoff, final long nowNanos) {
        model.shortTerm.noteLoss(delivered);
    }

    @Override
    public void recovered(final int limit, final long nowNanos) {
        inRecovery = false;
        cwnd = Math.max(cwnd, priorCwnd);
    }

    @Override
    public void timedOut(final int flight, final boolean first, final long nowNanos) {
        if (first) {
            saveState();
            model.shortTerm.noteLoss(delivered);
        }
        // 5.6.4.4: all data in flight counts as lost.
        cwnd = model.mss();
    }

    /** 5.5.11: restores the model from before the spurious losses. */
    @Override
    public void undo(final long nowNanos) {
        model.shortTerm.undo();
        model.ceiling.undo();
        model.pipe.restart(0);
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

    /** Does nothing: pacing prevents a burst of a full window. */
    @Override
    public void restartAfterIdle(final long idleNanos, final long rtoNanos) {}

    // ---- ACKs

    /** 5.6.2: the first round trip sets the pacing rate of the initial window. */
    private void seeRoundTrip(final AckSample ack) {
        if (!roundTripSeen && ack.rttNanos > 0) {
            roundTripSeen = true;
            pacingRate = initialRate(ack.rttNanos);
        }
    }

    private void updateState(final AckSample ack) {
        checkStartupHighLoss(ack);
        if (state == BbrState.STARTUP && model.pipe.isReached()) {
            state = BbrState.DRAIN;
            drainStartRound = model.rounds.count();
        }
        if (state == BbrState.DRAIN
                && (ack.inFlight <= model.inflight(1, state, quantum())
                        || model.rounds.count() > drainStartRound + DRAIN_ROUNDS)) {
            startProbeDown(ack.nowNanos);
        }
        if (model.pipe.isReached()) {
            adaptLongTermModel(ack);
            updateProbePhase(ack);
        }
        model.minRtt.update(ack);
        checkProbeRtt(ack);
    }

    /** 5.3.1.3: ends Startup when more than two percent are lost, in at least six places of a round. */
    private void checkStartupHighLoss(final AckSample ack) {
        if (!model.pipe.isReached()
                && model.shortTerm.isRoundStart()
                && model.shortTerm.lossEvents() >= STARTUP_FULL_LOSS_COUNT
                && InflightCeiling.isTooHigh(ack)) {
            model.ceiling.set(Math.max(
                    model.bdp(1), Math.max(model.shortTerm.latestInflight(), ack.delivered - ack.priorDelivered)));
            model.pipe.declare();
        }
    }

    private void adaptLongTermModel(final AckSample ack) {
        if (probeStopping && model.rounds.isStart()) {
            probeStopping = false;
            bandwidthProbed = false;
            if (state.isProbeBw() && !ack.appLimited) {
                model.maxBandwidth.advance();
            }
        }
        if (InflightCeiling.isTooHigh(ack)) {
            if (bandwidthProbed) {
                handleInflightTooHigh(ack);
            }
        } else if (model.ceiling.isKnown()) {
            model.ceiling.set(Math.max(model.ceiling.inflight(), ack.txInFlight));
            if (state == BbrState.PROBE_BW_UP && model.isAtCeiling(cwnd)) {
                model.ceiling.rise(ack, model.rounds.isStart(), cwnd, model.mss());
            }
        }
    }

    private void handleInflightTooHigh(final AckSample ack) {
        bandwidthProbed = false;
        if (!ack.appLimited) {
            model.ceiling.set(
                    Math.max(InflightCeiling.inflightAtLoss(ack), (int) (targetInflight() * ShortTermModel.BETA)));
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
                if (model.rounds.isStart()) {
                    bandwidthProbed = true;
                    startProbeUp(ack.deliveryRate);
                }
            }
            case PROBE_BW_UP -> {
                if (model.isAtCeiling(cwnd)) {
                    // The ceiling limits the flight, so the rate says nothing about bandwidth.
                    model.pipe.restart(ack.deliveryRate);
                } else if (model.pipe.isNow()) {
                    startProbeDown(ack.nowNanos);
                }
            }
            default -> {
                // Not probing bandwidth.
            }
        }
    }

    private boolean startRefillIfTime(final long nowNanos) {
        if (!schedule.isTime(nowNanos, model.rounds.count(), targetInflight() / model.mss())) {
            return false;
        }
        model.shortTerm.reset();
        probeStopping = false;
        model.rounds.begin(delivered);
        state = BbrState.PROBE_BW_REFILL;
        return true;
    }

    private boolean isTimeToCruise(final int inFlight) {
        return inFlight <= Math.min(model.headroom(), model.inflight(1, state, quantum()));
    }

    private void startProbeUp(final long deliveryRate) {
        probeStopping = false;
        model.rounds.begin(delivered);
        model.pipe.restart(deliveryRate);
        state = BbrState.PROBE_BW_UP;
        model.ceiling.startRising(cwnd, model.mss());
    }

    private void startProbeDown(final long nowNanos) {
        model.shortTerm.resetRound();
        model.ceiling.stopRising();
        schedule.start(nowNanos, model.rounds.count());
        probeStopping = true;
        model.rounds.begin(delivered);
        state = BbrState.PROBE_BW_DOWN;
    }

    // ---- ProbeRTT (5.3.4)

    private void checkProbeRtt(final AckSample ack) {
        if (state == BbrState.PROBE_RTT) {
            handleProbeRtt(ack);
        } else if (model.minRtt.isExpired() && !idleRestart) {
            saveCwnd();
            state = BbrState.PROBE_RTT;
            probeRtt.begin();
            probeStopping = true;
            model.rounds.begin(delivered);
        }
        idleRestart = false;
    }

    private void handleProbeRtt(final AckSample ack) {
        if (probeRtt.update(ack.inFlight <= probeRttCwnd(), model.rounds.isStart(), ack.nowNanos)) {
            model.rounds.begin(delivered);
        } else if (probeRtt.isRoundOver()) {
            checkProbeRttDone(ack.nowNanos);
        }
    }

    private void checkProbeRttDone(final long nowNanos) {
        if (!probeRtt.isOver(nowNanos)) {
            return;
        }
        model.minRtt.refreshed(nowNanos);
        cwnd = Math.max(cwnd, priorCwnd);
        model.shortTerm.reset();
        if (model.pipe.isReached()) {
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
        final double rate = gain * model.bandwidth() * PACING_MARGIN;
        if (rate > 0 && (model.pipe.isReached() || rate > pacingRate)) {
            pacingRate = rate;
        }
    }

    private void setCwnd(final AckSample ack) {
        final long most = model.maxInflight(state, quantum());
        long window = cwnd;
        if (model.pipe.isReached()) {
            window = Math.min(window + ack.deliveredBytes, most);
        } else if (window < most || delivered < initialWindow) {
            window += ack.deliveredBytes;
        }
        window = Math.max(window, model.minPipe());
        if (state == BbrState.PROBE_RTT) {
            window = Math.min(window, probeRttCwnd());
        }
        cwnd = (int) Math.min(window, Math.min(model.bound(state), LossBasedControl.MAX_WINDOW));
    }

    private int probeRttCwnd() {
        return (int) Math.max(model.bdp(BbrState.PROBE_RTT.cwndGain), model.minPipe());
    }

    private long targetInflight() {
        return Math.min(model.bdp(1), cwnd);
    }

    private int quantum() {
        return SendQuantum.of(pacingRate(), model.mss());
    }

    private void saveState() {
        saveCwnd();
        priorState = state;
        model.shortTerm.save();
        model.ceiling.save();
    }

    private void saveCwnd() {
        final boolean fresh = !inRecovery && state != BbrState.PROBE_RTT;
        priorCwnd = fresh ? cwnd : Math.max(priorCwnd, cwnd);
    }

    BbrState state() {
        return state;
    }

    @Override
    public String toString() {
        return "%s, %.0f bytes/s, cwnd %d".formatted(state, model.bandwidth(), cwnd);
    }
}
