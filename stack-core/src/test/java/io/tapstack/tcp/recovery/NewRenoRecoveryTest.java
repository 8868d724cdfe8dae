package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.recovery.LossRecovery.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 5681 3.2, RFC 6582 3.2, RFC 3042; ten segments of 1000 are in flight, across the end of the sequence numbers. */
class NewRenoRecoveryTest {

    private static final int MSS = 1_000;
    private static final int UNA = -5_500;
    private static final int NXT = UNA + 10 * MSS;

    private final NewRenoRecovery recovery = new NewRenoRecovery(new SackScoreboard(new SentSegmentPool()));

    @BeforeEach
    void established() {
        recovery.established(UNA, MSS);
    }

    private Verdict duplicates(final int count, final int una) {
        Verdict last = Verdict.NORMAL;
        for (int i = 0; i < count; i++) {
            last = recovery.duplicateAck(una, NXT);
        }
        return last;
    }

    @Test
    void nothingToDo() {
        assertThat(recovery.wantsRetransmission()).isFalse();
        assertThat(recovery.inRecovery()).isFalse();
        assertThat(recovery.pipe(UNA, NXT)).isEqualTo(10 * MSS);
        assertThat(recovery.acknowledged(UNA + MSS, NXT, MSS)).isEqualTo(Verdict.NORMAL);
    }

    /** RFC 3042: the first two duplicates let one new segment out each. */
    @Test
    void limitedTransmit() {
        assertThat(duplicates(1, UNA)).isEqualTo(Verdict.NORMAL);
        assertThat(recovery.window(0)).isEqualTo(MSS);
        assertThat(duplicates(1, UNA)).isEqualTo(Verdict.NORMAL);
        assertThat(recovery.window(0)).isEqualTo(2 * MSS);
        assertThat(recovery.acknowledged(UNA + MSS, NXT, MSS)).isEqualTo(Verdict.NORMAL);
        assertThat(recovery.window(0)).isZero();
    }

    /** RFC 5681 3.2, steps 2 to 4: the third retransmits one segment; each one more inflates. */
    @Test
    void fastRetransmit() {
        assertThat(duplicates(3, UNA)).isEqualTo(Verdict.LOSS_DETECTED);
        assertThat(recovery.window(0)).isEqualTo(3 * MSS);
        assertThat(recovery.retransmitNow()).isTrue();
        assertThat(recovery.nextRetransmission()).isEqualTo(UNA);
        assertThat(recovery.retransmissionEnd(1 << 20)).isEqualTo(UNA + MSS);
        recovery.retransmitted(MSS, 0);
        assertThat(recovery.wantsRetransmission()).isFalse();
        assertThat(duplicates(2, UNA)).isEqualTo(Verdict.IN_RECOVERY);
        assertThat(recovery.window(0)).isEqualTo(5 * MSS);
    }

    /**
     * RFC 6582 3.2, step 3: a partial ACK retransmits the next hole, deflates by what was acknowledged, and adds one
     * segment.
     */
    @Test
    void partialAck() {
        duplicates(7, UNA);
        recovery.retransmitted(MSS, 0);
        final int una = UNA + 3 * MSS;
        assertThat(recovery.acknowledged(una, NXT, 3 * MSS)).isEqualTo(Verdict.IN_RECOVERY);
        assertThat(recovery.window(0)).isEqualTo((7 - 3 + 1) * MSS);
        assertThat(recovery.retransmitNow()).isTrue();
        assertThat(recovery.nextRetransmission()).isEqualTo(una);
        assertThat(recovery.inRecovery()).isTrue();
    }

    /** Step 3: one that acknowledges all that was in flight when the loss was found ends it. */
    @Test
    void fullAck() {
        duplicates(5, UNA);
        recovery.retransmitted(MSS, 0);
        assertThat(recovery.acknowledged(NXT, NXT + 2 * MSS, 10 * MSS)).isEqualTo(Verdict.RECOVERED);
        assertThat(recovery.inRecovery()).isFalse();
        assertThat(recovery.window(0)).isZero();
        assertThat(recovery.wantsRetransmission()).isFalse();
    }

    /** Step 2: three duplicates that cover no more than "recover" start nothing; once it is passed, they do again. */
    @Test
    void recoverGuards() {
        duplicates(3, UNA);
        recovery.retransmitted(MSS, 0);
        recovery.acknowledged(NXT, NXT + 5 * MSS, 10 * MSS);
        for (int i = 0; i < 5; i++) {
            assertThat(recovery.duplicateAck(NXT, NXT + 5 * MSS)).isEqualTo(Verdict.NORMAL);
        }
        recovery.acknowledged(NXT + MSS, NXT + 6 * MSS, MSS);
        recovery.duplicateAck(NXT + MSS, NXT + 6 * MSS);
        recovery.duplicateAck(NXT + MSS, NXT + 6 * MSS);
        assertThat(recovery.duplicateAck(NXT + MSS, NXT + 6 * MSS)).isEqualTo(Verdict.LOSS_DETECTED);
    }

    /** Step 4: after a timeout everything counts as lost, is sent again in order, and duplicates start nothing. */
    @Test
    void timeout() {
        recovery.timedOut(UNA, NXT);
        assertThat(recovery.pipe(UNA, NXT)).isZero();
        assertThat(recovery.retransmitNow()).isTrue();
        recovery.retransmitted(MSS, 0);
        assertThat(recovery.pipe(UNA, NXT)).isEqualTo(MSS);
        assertThat(recovery.retransmitNow()).isFalse();
        assertThat(duplicates(6, UNA)).isEqualTo(Verdict.NORMAL);
        assertThat(recovery.window(0)).isZero();
        assertThat(recovery.acknowledged(UNA + 4 * MSS, NXT, 4 * MSS)).isEqualTo(Verdict.NORMAL);
        assertThat(recovery.nextRetransmission()).isEqualTo(UNA + 4 * MSS);
        assertThat(recovery.retransmissionEnd(1 << 20)).isEqualTo(NXT);
        recovery.acknowledged(NXT, NXT, 6 * MSS);
        assertThat(recovery.inRecovery()).isFalse();
        assertThat(recovery.wantsRetransmission()).isFalse();
    }

    /** A timeout in fast recovery takes its place. */
    @Test
    void timeoutInFastRecovery() {
        duplicates(6, UNA);
        recovery.retransmitted(MSS, 0);
        recovery.timedOut(UNA, NXT);
        assertThat(recovery.window(0)).isZero();
        assertThat(recovery.nextRetransmission()).isEqualTo(UNA);
        assertThat(recovery.acknowledged(UNA + MSS, NXT, MSS)).isEqualTo(Verdict.NORMAL);
    }

    /** However many duplicates are made up, the window is inflated by no more than was in flight. */
    @Test
    void inflationIsBounded() {
        duplicates(100_000, UNA);
        assertThat(recovery.window(0)).isLessThanOrEqualTo(11 * MSS);
    }
}
