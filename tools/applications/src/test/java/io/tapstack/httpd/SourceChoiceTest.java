package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.SourceChoice.Source;
import org.junit.jupiter.api.Test;

/** A file of 64 MiB, sent in pieces of 1 MiB on a machine whose times the test sets. */
class SourceChoiceTest {

    private static final long PIECE = 1 << 20;
    private static final int PIECES = 64;

    private final SourceChoice choice = new SourceChoice(PIECES * PIECE);
    private long now;
    private double readCost = 1;
    private double mappedCost = 2;
    private double preparationCost;
    private boolean isPrepared;

    /** Sends pieces by one connection. */
    private Sent send(final int pieces) {
        final Sent sent = new Sent();
        Source last = Source.READ;
        for (int i = 0; i < pieces; i++) {
            final Source source = choice.next(i, now);
            sent.count(source);
            if (source == Source.MAPPED && !isPrepared && preparationCost > 0) {
                final long nanos = (long) (preparationCost * PIECE);
                now += nanos;
                choice.prepared(PIECE, nanos);
            }
            final long nanos = (long) ((source == Source.READ ? readCost : mappedCost) * PIECE);
            now += nanos;
            if (i > 0 && source == last) {
                choice.sent(source, PIECE, nanos, now);
            } else {
                choice.sent(PIECE);
            }
            last = source;
        }
        return sent;
    }

    private static final class Sent {

        private int read;
        private int mapped;

        private void count(final Source source) {
            if (source == Source.READ) {
                read++;
            } else {
                mapped++;
            }
        }
    }

    /** What is sent after the contest that is due, and before the next one. */
    private Source present() {
        pass(SourceChoice.LONGEST_PAUSE_NANOS);
        send(4 * SourceChoice.SAMPLES + 2);
        return choice.next(0, now);
    }

    private void pass(final long nanos) {
        now += nanos;
    }

    @Test
    void theFirstTimeAFileIsRead() {
        mappedCost = 0.1;
        assertThat(send(PIECES).mapped).isZero();
        assertThat(send(1).mapped + send(4).mapped).isPositive();
    }

    @Test
    void aMappingThatIsFasterIsTaken() {
        mappedCost = 0.5;
        send(PIECES);
        assertThat(present()).isEqualTo(Source.MAPPED);
        pass(SourceChoice.LONGEST_PAUSE_NANOS);
        assertThat(send(1_000).read).as("a contest").isBetween(SourceChoice.SAMPLES, 4 * SourceChoice.SAMPLES);
    }

    @Test
    void aMappingThatIsSlowerIsNot() {
        send(PIECES);
        assertThat(present()).isEqualTo(Source.READ);
    }

    @Test
    void aSmallDifferenceChangesNothing() {
        send(PIECES);
        mappedCost = 0.95;
        assertThat(present()).isEqualTo(Source.READ);
        mappedCost = 0.8;
        assertThat(present()).isEqualTo(Source.MAPPED);
        mappedCost = 1.05;
        assertThat(present()).isEqualTo(Source.MAPPED);
        mappedCost = 1.3;
        assertThat(present()).isEqualTo(Source.READ);
    }

    /** Gained: 0.5 each time; paid: 3, once. */
    @Test
    void aPreparationThatCostsMoreThanItBringsIsNotMade() {
        mappedCost = 0.5;
        preparationCost = 3;
        send(PIECES);
        assertThat(present()).isEqualTo(Source.READ);
        preparationCost = 1.9;
        assertThat(present()).isEqualTo(Source.MAPPED);
    }

    /** A piece in which another process had the processor. */
    @Test
    void oneSlowPieceDecidesNothing() {
        mappedCost = 0.5;
        send(PIECES);
        send(3);
        choice.sent(Source.MAPPED, PIECE, 1000 * PIECE, now);
        send(4 * SourceChoice.SAMPLES + 2);
        assertThat(choice.next(0, now)).isEqualTo(Source.MAPPED);
    }

    @Test
    void contestsThatChangeNothingGetRarer() {
        send(PIECES);
        final int early = contests(20);
        final int late = contests(20);
        assertThat(early).isBetween(3, 5);
        assertThat(late).isBetween(1, 2);
    }

    /** The number of contests in so many seconds. */
    private int contests(final int seconds) {
        int contests = 0;
        for (int i = 0; i < 10 * seconds; i++) {
            pass(100_000_000);
            if (send(3).mapped > 0) {
                contests++;
                send(4 * SourceChoice.SAMPLES + 2);
            }
        }
        return contests;
    }

    /** Of slow clients, whose pieces are not measured. */
    @Test
    void aContestWithoutSamplesEnds() {
        send(PIECES);
        assertThat(choice.next(2, now)).isEqualTo(Source.MAPPED);
        pass(SourceChoice.CONTEST_NANOS + 1);
        assertThat(choice.next(2, now)).isEqualTo(Source.READ);
        assertThat(choice.usesMapping()).isFalse();
    }

    @Test
    void aSmallFileIsAlwaysRead() {
        final SourceChoice small = new SourceChoice(SourceChoice.SMALLEST_BYTES - 1);
        small.sent(100 * PIECE);
        assertThat(small.next(2, now)).isEqualTo(Source.READ);
    }
}
