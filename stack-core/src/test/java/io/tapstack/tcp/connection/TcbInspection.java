package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.SequenceNumber;

/**
 * Checks the variables of one connection from inside, for tests: the invariants hold whatever a peer does. It keeps the
 * values of the last check, to verify that some never decrease.
 */
public final class TcbInspection {

    private final Connection tcb;
    private TcpState state;
    private int sndUna;
    private int rcvNxt;
    private int rcvAdv;
    private int largestEdge;
    private boolean edgeKnown;
    private boolean receiving;

    public TcbInspection(final TcpConnection connection) {
        final Connection tcb = (Connection) connection;
        this.tcb = tcb;
        this.state = tcb.state;
        this.sndUna = tcb.sndUna;
    }

    /** Checks the connection. Called after every event, when the stack is at rest. */
    public void check() {
        sendVariables();
        receiveVariables();
        scoreboard();
        watchers();
        assertThat(state == TcpState.CLOSED && tcb.state != TcpState.CLOSED)
                .as("a connection that comes back from CLOSED")
                .isFalse();
        state = tcb.state;
    }

    private void sendVariables() {
        assertThat(tcb.sndNxt - tcb.sndUna).as("SND.UNA =< SND.NXT").isNotNegative();
        assertThat(tcb.sndUna - sndUna).as("SND.UNA goes forward").isNotNegative();
        sndUna = tcb.sndUna;
        if (!tcb.state.isSynchronized()) {
            return;
        }
        assertThat(tcb.congestion.cwnd()).as("cwnd").isPositive();
        final int edge = tcb.sndUna + tcb.sndWnd;
        largestEdge = edgeKnown ? SequenceNumber.max(largestEdge, edge) : edge;
        edgeKnown = true;
        // One more for the byte of a zero-window probe, or the FIN in its place.
        assertThat(tcb.sndNxt - largestEdge)
                .as("SND.NXT beyond all windows that the peer has offered")
                .isLessThanOrEqualTo(1);
        if (tcb.maySendData() && !tcb.finSent) {
            assertThat(tcb.queueEnd() - tcb.sndNxt)
                    .as("nothing is sent that is not there")
                    .isNotNegative();
        }
    }

    private void receiveVariables() {
        if (!tcb.state.isSynchronized()) {
            return;
        }
        assertThat(tcb.rcvWnd()).as("RCV.WND").isBetween(-1, 65_535 << 14);
        // The FIN takes a sequence number, but no buffer.
        assertThat(tcb.rcvWnd()).as("RCV.WND").isGreaterThanOrEqualTo(tcb.finReceived ? -1 : 0);
        if (receiving) {
            assertThat(tcb.rcvNxt - rcvNxt).as("RCV.NXT goes forward").isNotNegative();
            assertThat(tcb.rcvAdv - rcvAdv)
                    .as("the window of %s does not shrink", tcb)
                    .isNotNegative();
        }
        receiving = true;
        rcvNxt = tcb.rcvNxt;
        rcvAdv = tcb.rcvAdv;
    }

    /** The scoreboard contains everything in flight once, except the byte of a zero-window probe. */
    private void scoreboard() {
        if (tcb.maySendData() && !tcb.zeroWindowProbeOutstanding) {
            assertThat(tcb.scoreboard.bytesInNetwork() + tcb.scoreboard.bytesSacked() + tcb.scoreboard.bytesLost())
                    .as("in the network, SACKed or lost")
                    .isEqualTo(tcb.sndNxt - tcb.sndUna);
        }
    }

    /** If work is left, a timer or an event is due that continues it; an ended connection has none. */
    private void watchers() {
        if (tcb.state == TcpState.CLOSED) {
            assertThat(tcb.retransmissionTimer.isRunning()
                            || tcb.persistTimer.isRunning()
                            || tcb.lossTimer.isRunning()
                            || tcb.pacer.isWaiting())
                    .as("a timer of a closed connection")
                    .isFalse();
        }
        final boolean synOnItsWay = tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED;
        final boolean timed = tcb.retransmissionTimer.isRunning() || tcb.persistTimer.isRunning();
        if (synOnItsWay || tcb.maySendData() && tcb.sndNxt != tcb.sndUna) {
            assertThat(timed).as("somebody watches over what is in flight").isTrue();
        }
        if (tcb.maySendData() && tcb.sndNxt == tcb.sndUna && hasUnsent() && !tcb.blocked && !tcb.cutShort) {
            assertThat(timed || tcb.pacer.isWaiting())
                    .as("somebody watches over what waits to be sent")
                    .isTrue();
        }
    }

    private boolean hasUnsent() {
        return !tcb.finSent && (tcb.queueEnd() != tcb.sndNxt || tcb.finQueued);
    }

    // ---- The variables

    public int iss() {
        return tcb.iss;
    }

    public int irs() {
        return tcb.irs;
    }

    public int sndUna() {
        return tcb.sndUna;
    }

    public int sndNxt() {
        return tcb.sndNxt;
    }

    /** Sequence number of the next byte that the application reads. */
    public int readNext() {
        return tcb.readNext();
    }

    /** True once a byte was urgent, in either direction. */
    public boolean isUrgent() {
        return tcb.urgent != null;
    }

    /** Bytes in the receive queue, with an urgent one that is to be read out of band. */
    public int queuedBytes() {
        return tcb.receiveQueue.length();
    }

    public int rcvNxt() {
        return tcb.rcvNxt;
    }

    /** The right edge of the receive window. */
    public int rcvAdv() {
        return tcb.rcvAdv;
    }

    public boolean finReceived() {
        return tcb.finReceived;
    }

    public boolean finQueued() {
        return tcb.finQueued;
    }

    public int maxSndWnd() {
        return tcb.maxSndWnd;
    }

    public boolean timestampsEnabled() {
        return tcb.timestamps.enabled();
    }

    public int tsRecent() {
        return tcb.timestamps.tsRecent();
    }

    /** True if the connection has not been accepted: no application knows of it. */
    public boolean isUnaccepted() {
        return tcb.listener != null;
    }
}
