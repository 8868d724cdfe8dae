package io.tapstack.tcp.connection;

import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpInfo.Congestion;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.ecn.AccEcnReceiver;
import io.tapstack.tcp.ecn.AccEcnSender;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.tcp.timing.ReceiveTuning;
import io.tapstack.tcp.timing.RoundTripEstimator;
import org.jspecify.annotations.Nullable;

/** Collects the values of {@link TcpInfo} from the parts of a connection. */
final class InfoSnapshot {

    /**
     * Minimum of the assumed size of the peer's full segments, in bytes, before one was received (Linux:
     * {@code tcp_initialize_rcv_mss}).
     */
    private static final int SMALLEST_GUESS = 88;

    /** Minimum of a measured round trip: the clock of the stack stands still within one poll, so it would show 0. */
    private static final long SHORTEST_NANOS = 1_000;

    private InfoSnapshot() {}

    static TcpInfo of(final Connection tcb, final long nowNanos) {
        return new TcpInfo(
                tcb.state,
                congestion(tcb),
                agreed(tcb),
                sizes(tcb),
                timers(tcb, nowNanos),
                flight(tcb),
                roundTrip(tcb),
                windows(tcb),
                rates(tcb),
                tcb.counters.sent(),
                tcb.counters.received(),
                tcb.counters.chronograph.snapshot(nowNanos),
                tcb.counters.timeouts.snapshot(nowNanos),
                marks(tcb.ecn.accurate()));
    }

    private static TcpInfo.Marks marks(final @Nullable AccurateEcn ecn) {
        if (ecn == null) {
            return new TcpInfo.Marks(0, TcpInfo.MarkedBytes.NONE, TcpInfo.MarkedBytes.NONE, false, false, false, 0);
        }
        final AccEcnSender sender = ecn.sender;
        final AccEcnReceiver receiver = ecn.receiver;
        return new TcpInfo.Marks(
                receiver.marks(),
                markedBytes(sender.ect1Bytes(), sender.ect0Bytes(), sender.ceBytes()),
                markedBytes(receiver.ect1Bytes(), receiver.ect0Bytes(), receiver.ceBytes()),
                !sender.maySendCapable(),
                sender.isDeaf(),
                ecn.option.isBlocked(),
                sender.optionSeen().ordinal());
    }

    /** Byte counters without their initial values (RFC 9768 3.2.3). */
    private static TcpInfo.MarkedBytes markedBytes(final int ect1, final int ect0, final int ce) {
        return new TcpInfo.MarkedBytes(
                Integer.toUnsignedLong(ect1 - AccEcnReceiver.INITIAL_ECT_BYTES),
                Integer.toUnsignedLong(ect0 - AccEcnReceiver.INITIAL_ECT_BYTES),
                Integer.toUnsignedLong(ce));
    }

    /** True while only a SYN or a SYN-ACK is in flight. */
    private static boolean isOpening(final Connection tcb) {
        return tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED;
    }

    private static boolean isSynLost(final Connection tcb) {
        return isOpening(tcb) && tcb.handshake.synWasLost();
    }

    private static Congestion congestion(final Connection tcb) {
        if (isSynLost(tcb)) {
            return Congestion.LOSS;
        }
        return switch (tcb.recovery.phase()) {
            case RECOVERY -> Congestion.RECOVERY;
            case LOSS -> Congestion.LOSS;
            case DISORDER -> tcb.reduction.isCwr() ? Congestion.CWR : Congestion.DISORDER;
            case OPEN -> tcb.reduction.isCwr() ? Congestion.CWR : Congestion.OPEN;
        };
    }

    private static TcpInfo.Agreed agreed(final Connection tcb) {
        final FastOpenSyn client = tcb.handshake.fastOpenSyn;
        final boolean child = tcb.handshake.isOpenedFast();
        return new TcpInfo.Agreed(
                tcb.timestamps.enabled(),
                tcb.sackAgreed,
                tcb.scaleAgreed,
                tcb.windowScale.sendShift(),
                tcb.windowScale.receiveShift(),
                tcb.ecn.isAgreed(),
                tcb.ecn.isSeen(),
                tcb.handshake.isSynDataTaken(),
                child,
                client == null ? TcpInfo.FastOpenFailure.NONE : client.failure());
    }

    private static TcpInfo.Sizes sizes(final Connection tcb) {
        final int advertised = tcb.segmentSize.advertised();
        final int guess =
                Math.min(Math.min(advertised, tcb.mss), Math.min(tcb.rcvWnd() / 2, MaximumSegmentSize.DEFAULT));
        final int received = Math.min(advertised, tcb.segmentSize.largestReceived());
        return new TcpInfo.Sizes(
                tcb.mss, Math.max(received, Math.max(SMALLEST_GUESS, guess)), advertised, tcb.path.mtu());
    }

    private static TcpInfo.Timers timers(final Connection tcb, final long nowNanos) {
        final ConnectionCounters counters = tcb.counters;
        final boolean closedWindow = tcb.persistTimer.hasProbed();
        return new TcpInfo.Timers(
                tcb.estimator.rto(),
                tcb.segmentSize.largestReceived() == 0 ? 0 : tcb.config.delayedAckNanos(),
                isOpening(tcb) ? tcb.handshake.timeouts() : tcb.timeouts,
                tcb.persistTimer.unanswered() + tcb.keepAlive.unanswered(),
                closedWindow ? tcb.persistTimer.probes() : tcb.estimator.backoff(),
                counters.sinceDataSent(nowNanos),
                counters.sinceDataReceived(nowNanos),
                counters.sinceAckReceived(nowNanos));
    }

    private static TcpInfo.Flight flight(final Connection tcb) {
        final boolean opening = isOpening(tcb);
        final int lostSyn = isSynLost(tcb) ? 1 : 0;
        final int fin = tcb.finQueued && !tcb.finSent ? 1 : 0;
        return new TcpInfo.Flight(
                opening ? 1 : tcb.scoreboard.segments(),
                tcb.recovery.segmentsSacked(),
                opening ? lostSyn : tcb.recovery.segmentsLost(tcb.sndUna),
                opening ? lostSyn : tcb.recovery.segmentsSentAgain(),
                tcb.recovery.reordering(),
                tcb.state == TcpState.CLOSED ? 0 : Math.max(0, tcb.queueEnd() + fin - tcb.sndNxt));
    }

    private static TcpInfo.RoundTrip roundTrip(final Connection tcb) {
        final RoundTripEstimator estimator = tcb.estimator;
        final boolean measured = estimator.minimum() != Long.MAX_VALUE;
        final long receiver = tcb.receiveWindow.tuning().roundTrip().measuredNanos();
        return new TcpInfo.RoundTrip(
                measured ? Math.max(SHORTEST_NANOS, estimator.srtt()) : 0,
                estimator.rttvar(),
                Math.max(SHORTEST_NANOS, estimator.minimum()),
                receiver == 0 ? 0 : Math.max(SHORTEST_NANOS, receiver));
    }

    private static TcpInfo.Windows windows(final Connection tcb) {
        final ReceiveTuning tuning = tcb.receiveWindow.tuning();
        return new TcpInfo.Windows(
                cwnd(tcb),
                tcb.congestion.ssthresh(),
                tcb.sndWnd,
                Math.max(0, tcb.rcvWnd()),
                tuning.windowBytes(),
                tuning.mostInARoundTrip());
    }

    /** cwnd in bytes; during the handshake, the initial window. */
    private static int cwnd(final Connection tcb) {
        return isOpening(tcb) ? tcb.handshake.initialWindow() : tcb.reduction.window();
    }

    private static TcpInfo.Rates rates(final Connection tcb) {
        return new TcpInfo.Rates(
                tcb.scoreboard.rate().lastRate(),
                tcb.scoreboard.rate().isLastRateAppLimited(),
                tcb.pacer.rate(),
                tcb.config.maxPacingRate());
    }
}
