package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.recovery.SentSegment.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6675 4: what the scoreboard knows. Segments of 1000, from a start close to the end of the sequence numbers. */
class SackScoreboardTest {

    private static final int MSS = 1_000;
    private static final int START = -2_500;

    private final SackScoreboard scoreboard = new SackScoreboard(new SentSegmentPool());
    private final AckArrival ack = new AckArrival();
    private final List<String> delivered = new ArrayList<>();

    @BeforeEach
    void segmentSize() {
        scoreboard.mss(MSS);
    }

    private void deliver(final SentSegment segment, final int bytes, final AckArrival ack) {
        delivered.add((segment.start - START) + "+" + bytes);
    }

    private void sent(final int from, final int to, final long now) {
        scoreboard.sent(START + from, START + to, false, MSS, now);
    }

    private void sack(final int from, final int to) {
        scoreboard.sack(START + from, START + to, ack, this::deliver);
    }

    private void acknowledge(final int to) {
        ack.sndUna = START + to;
        scoreboard.acknowledge(ack, this::deliver);
    }

    private void lose(final int from) {
        for (SentSegment s = scoreboard.oldestInNetwork(); s != null; s = s.next) {
            if (s.start == START + from) {
                scoreboard.markLost(s);
                return;
            }
        }
        throw new AssertionError("nothing in the network starts at " + from);
    }

    /** What was sent at the same moment is one entry, until something happens to a part of it. */
    @Test
    void sharedUntilDivided() {
        for (int i = 0; i < 5; i++) {
            sent(i * MSS, (i + 1) * MSS, 7);
        }
        assertThat(scoreboard.entries()).isOne();
        sack(2_000, 3_000);
        assertThat(scoreboard.entries()).isEqualTo(3);
        assertThat(delivered).containsExactly("2000+1000");
        assertThat(scoreboard.bytesInNetwork()).isEqualTo(4_000);
        assertThat(scoreboard.bytesSacked()).isEqualTo(1_000);
        assertThat(scoreboard.segmentsSacked()).isOne();
    }

    /** A block that grows with each ACK stays one entry, and delivers only what is new. */
    @Test
    void growingBlock() {
        for (int i = 0; i < 6; i++) {
            sent(i * MSS, (i + 1) * MSS, i);
        }
        sack(1_000, 2_000);
        sack(1_000, 3_000);
        sack(1_000, 3_000);
        sack(4_000, 5_000);
        assertThat(scoreboard.entries()).isEqualTo(5);
        sack(1_000, 5_000);
        assertThat(scoreboard.entries()).isEqualTo(3);
        assertThat(delivered).containsExactly("1000+1000", "2000+1000", "4000+1000", "3000+1000");
        acknowledge(5_000);
        assertThat(delivered).hasSize(5).endsWith("0+1000");
        assertThat(scoreboard.bytesSacked()).isZero();
        assertThat(scoreboard.segmentsSacked()).isZero();
    }

    /** Parts of segments are not taken: entries are never more than the segments that were sent. */
    @Test
    void partsOfSegments() {
        sent(0, 5_000, 1);
        sack(1_500, 3_700);
        assertThat(delivered).containsExactly("2000+1000");
        sack(4_500, 5_000);
        sack(100, 900);
        assertThat(delivered).hasSize(1);
        assertThat(scoreboard.entries()).isEqualTo(3);
    }

    /**
     * The rest of a segment that is acknowledged in part ends where the segment ends: the peer's blocks begin there.
     */
    @Test
    void partialAck() {
        sent(0, 4_000, 1);
        acknowledge(400);
        assertThat(ack.deliveredSegments()).isZero();
        sack(1_000, 3_000);
        assertThat(delivered).containsExactly("0+400", "1000+2000");
        assertThat(scoreboard.bytesInNetwork()).isEqualTo(1_600);
        assertThat(scoreboard.segments()).isEqualTo(4);
    }

    /**
     * RFC 1191 6.5: what was sent before the MSS changed keeps its segments, and the peer's blocks are made of those.
     */
    @ParameterizedTest
    @ValueSource(ints = {300, 700, 1_400})
    void anotherSegmentSize(final int mss) {
        sent(0, 5_000, 1);
        scoreboard.mss(mss);
        sack(1_000, 2_000);
        sack(4_000, 5_000);
        assertThat(delivered).containsExactly("1000+1000", "4000+1000");
        assertThat(scoreboard.segments()).isEqualTo(5);
    }

    /**
     * What went out again in other segments may be reported in the segments of the first time, which were only late.
     */
    @ParameterizedTest
    @ValueSource(ints = {300, 500, 700, 1_400})
    void sentAgainInOtherSegments(final int mss) {
        sent(0, 5_000, 1);
        lose(0);
        scoreboard.mss(mss);
        scoreboard.sentAgain(START, START + 5_000, 2);
        sack(2_000, 3_000);
        assertThat(scoreboard.bytesSacked()).isEqualTo(1_000);
        sack(4_000, 5_000);
        assertThat(scoreboard.bytesSacked()).isEqualTo(2_000);
        sack(0, mss);
        assertThat(scoreboard.bytesSacked()).isEqualTo(2_000 + mss);
    }

    /** A block of what went out again in other segments is made of those. */
    @ParameterizedTest
    @ValueSource(ints = {300, 500, 700, 1_400})
    void blocksOfTheNewSegments(final int mss) {
        sent(0, 5_000, 1);
        lose(0);
        scoreboard.mss(mss);
        scoreboard.sentAgain(START, START + 5_000, 2);
        sack(mss, 3 * mss);
        assertThat(scoreboard.bytesSacked()).isEqualTo(2 * mss);
        assertThat(scoreboard.entries()).isLessThanOrEqualTo(7);
    }

    /** A probe of the path MTU (RFC 4821 7) is one segment, larger than its neighbours of the same moment. */
    @Test
    void largerSegmentAmongOthers() {
        sent(0, 2_000, 1);
        scoreboard.sent(START + 2_000, START + 3_500, false, 1_500, 1);
        sent(3_500, 5_500, 1);
        sack(2_000, 3_500);
        sack(4_500, 5_500);
        assertThat(delivered).containsExactly("2000+1500", "4500+1000");
        assertThat(scoreboard.segmentsSacked()).isEqualTo(2);
    }

    /**
     * Only what was sent in segments that are too large now does not arrive, however many small ones were sent at once.
     */
    @Test
    void onlyLargerSegmentsAreLost() {
        sent(0, 3_000, 1);
        scoreboard.sent(START + 3_000, START + 6_200, false, 1_500, 2);
        sent(6_200, 8_200, 3);
        scoreboard.mss(1_200);
        scoreboard.markLargerLost();
        assertThat(scoreboard.firstLost().start).isEqualTo(START + 3_000);
        assertThat(scoreboard.bytesLost()).isEqualTo(3_000);
    }

    /** RFC 8985 7.3: the last segment, not what a full one would cover. */
    @Test
    void lastSegment() {
        sent(0, 2_300, 1);
        assertThat(scoreboard.lastSegmentStart()).isEqualTo(START + 2_000);
        scoreboard.sent(START + 2_300, START + 3_301, true, MSS, 2);
        assertThat(scoreboard.lastSegmentStart()).isEqualTo(START + 2_300);
        acknowledge(2_900);
        assertThat(scoreboard.lastSegmentStart()).isEqualTo(START + 2_900);
        acknowledge(3_300);
        assertThat(scoreboard.lastSegmentStart()).isEqualTo(START + 3_300);
    }

    /** Lost is out of the network; sent again is in it, and last in the order of time. */
    @Test
    void lostAndSentAgain() {
        for (int i = 0; i < 4; i++) {
            sent(i * MSS, (i + 1) * MSS, i);
        }
        lose(2_000);
        lose(0);
        assertThat(scoreboard.bytesInNetwork()).isEqualTo(2_000);
        assertThat(scoreboard.bytesLost()).isEqualTo(2_000);
        assertThat(scoreboard.firstLost().start).isEqualTo(START);
        assertThat(scoreboard.lostUpTo(1 << 20)).isEqualTo(START + 1_000);
        scoreboard.sentAgain(START, START + 400, 10);
        assertThat(scoreboard.firstLost().start).isEqualTo(START + 400);
        assertThat(scoreboard.bytesInNetwork()).isEqualTo(2_400);
        scoreboard.sentAgain(START + 400, START + 1_000, 11);
        assertThat(scoreboard.firstLost().start).isEqualTo(START + 2_000);
        assertThat(scoreboard.oldestInNetwork().start).isEqualTo(START + 1_000);
        assertThat(scoreboard.segmentsSentAgain()).isEqualTo(2);
        acknowledge(4_000);
        assertThat(scoreboard.isEmpty()).isTrue();
        assertThat(scoreboard.bytesInNetwork() + scoreboard.bytesLost() + scoreboard.segmentsSentAgain())
                .isZero();
    }

    /** Neighbouring losses go out again together. */
    @Test
    void runOfLosses() {
        for (int i = 0; i < 4; i++) {
            sent(i * MSS, (i + 1) * MSS, i);
        }
        lose(0);
        lose(1_000);
        lose(3_000);
        assertThat(scoreboard.lostUpTo(1 << 20)).isEqualTo(START + 2_000);
        assertThat(scoreboard.lostUpTo(1_500)).isEqualTo(START + 1_500);
    }

    /** RFC 2018 8: the peer has thrown away what it had SACKed. */
    @Test
    void reneged() {
        sent(0, 3_000, 1);
        sack(1_000, 2_000);
        scoreboard.forgetSacks();
        assertThat(scoreboard.bytesSacked()).isZero();
        assertThat(scoreboard.bytesLost()).isEqualTo(1_000);
        assertThat(scoreboard.firstLost().start).isEqualTo(START + 1_000);
    }

    /** A FIN takes up a sequence number, but rides on the last segment; alone it is one. */
    @Test
    void finIsNoSegmentOfItsOwn() {
        scoreboard.sent(START, START + 3 * MSS + 1, true, MSS, 0);
        assertThat(scoreboard.segments()).isEqualTo(3);
        acknowledge(2 * MSS);
        assertThat(scoreboard.segments()).isOne();
        assertThat(ack.deliveredSegments()).isEqualTo(2);
        acknowledge(3 * MSS + 1);
        assertThat(scoreboard.segments()).isZero();
        assertThat(ack.deliveredSegments()).isEqualTo(3);
    }

    @Test
    void finAlone() {
        sent(0, MSS, 0);
        scoreboard.sent(START + MSS, START + MSS + 1, true, MSS, 5);
        assertThat(scoreboard.segments()).isEqualTo(2);
    }

    /**
     * What was lost counts as that until it is acknowledged, SACKed, or known not to have been lost; a probe was not
     * lost.
     */
    @Test
    void countedAsLost() {
        sent(0, MSS, 1);
        sent(MSS, 2 * MSS, 2);
        sent(2 * MSS, 3 * MSS, 3);
        scoreboard.sentAgain(START + 2 * MSS, START + 3 * MSS, 4);
        assertThat(scoreboard.segmentsLost()).isZero();
        assertThat(scoreboard.segmentsLostSentAgain()).isZero();
        lose(0);
        lose(MSS);
        scoreboard.sentAgain(START, START + MSS, 5);
        assertThat(scoreboard.segmentsLost()).isEqualTo(2);
        assertThat(scoreboard.segmentsLostSentAgain()).isOne();
        sack(MSS, 2 * MSS);
        assertThat(scoreboard.segmentsLost()).isOne();
        scoreboard.unmarkLost();
        assertThat(scoreboard.segmentsLost()).isZero();
        assertThat(scoreboard.segments()).isEqualTo(3);
    }

    /** Everything against a plain picture of each byte. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void likeThePlainPicture(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final Picture picture = new Picture();
        scoreboard.mss(1); // so that any part of anything is whole segments
        int una = 0;
        int nxt = 0;
        long now = 0;
        for (int step = 0; step < 4_000; step++) {
            now += random.nextInt(2);
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    final int length = Math.min(1 + random.nextInt(5_000), picture.bytes.length - nxt);
                    if (length > 0) {
                        scoreboard.sent(START + nxt, START + nxt + length, false, 1, now);
                        picture.fill(nxt, nxt + length, State.IN_NETWORK);
                        nxt += length;
                    }
                }
                case 2, 3 -> {
                    final int from = una + random.nextInt(Math.max(1, nxt - una)) - 500;
                    final int to = from + random.nextInt(4_000);
                    scoreboard.sack(START + from, START + to, ack, picture::deliver);
                    picture.fill(Math.max(una, from), Math.min(nxt, to), State.SACKED);
                }
                case 4 -> {
                    final int to = una + random.nextInt(Math.min(nxt - una, 3_000) + 1);
                    ack.sndUna = START + to;
                    scoreboard.acknowledge(ack, picture::deliver);
                    picture.fill(una, to, null);
                    una = to;
                }
                case 5 -> {
                    final SentSegment oldest = scoreboard.oldestInNetwork();
                    if (oldest != null) {
                        picture.fill(oldest.start - START, oldest.end - START, State.LOST);
                        scoreboard.markLost(oldest);
                    }
                }
                case 6 -> {
                    if (scoreboard.bytesLost() > 0) {
                        final int from = scoreboard.firstLost().start;
                        final int to = scoreboard.lostUpTo(1 + random.nextInt(3_000));
                        assertThat(from - START).isEqualTo(picture.first(State.LOST));
                        scoreboard.sentAgain(from, to, now);
                        picture.change(from - START, to - START, State.LOST, State.IN_NETWORK);
                    }
                }
                default -> {
                    if (random.nextInt(20) == 0) {
                        scoreboard.unmarkLost();
                        picture.change(una, nxt, State.LOST, State.IN_NETWORK);
                        Arrays.fill(picture.wasLost, false);
                    } else if (random.nextInt(20) == 0) {
                        scoreboard.forgetSacks();
                        picture.change(una, nxt, State.SACKED, State.LOST);
                    }
                }
            }
            assertThat(scoreboard.bytesInNetwork()).isEqualTo(picture.count(State.IN_NETWORK));
            assertThat(scoreboard.bytesSacked()).isEqualTo(picture.count(State.SACKED));
            assertThat(scoreboard.bytesLost()).isEqualTo(picture.count(State.LOST));
            assertThat(inNetworkByTime()).isEqualTo(picture.count(State.IN_NETWORK));
            assertThat(scoreboard.segments()).isEqualTo(nxt - una);
            assertThat(scoreboard.segmentsSacked()).isEqualTo(picture.count(State.SACKED));
            assertThat(scoreboard.segmentsLost())
                    .isEqualTo(scoreboard.bytesLost() + scoreboard.segmentsLostSentAgain());
            assertThat(scoreboard.segmentsLostSentAgain()).isEqualTo(picture.lostAndSentAgain());
        }
        ack.sndUna = START + nxt;
        scoreboard.acknowledge(ack, picture::deliver);
        assertThat(scoreboard.isEmpty()).isTrue();
        assertThat(scoreboard.segmentsSacked()).isZero();
        assertThat(scoreboard.segmentsSentAgain()).isZero();
    }

    /** Bytes of the list by time, which has to be in order. */
    private int inNetworkByTime() {
        int bytes = 0;
        long last = Long.MIN_VALUE;
        for (SentSegment s = scoreboard.oldestInNetwork(); s != null; s = s.next) {
            assertThat(s.sentNanos).isGreaterThanOrEqualTo(last);
            assertThat(s.state).isEqualTo(State.IN_NETWORK);
            last = s.sentNanos;
            bytes += s.length();
        }
        return bytes;
    }

    private static final class Picture {

        final State[] bytes = new State[200_000];
        final boolean[] wasLost = new boolean[bytes.length];

        void fill(final int from, final int to, final State state) {
            if (from < to) {
                Arrays.fill(bytes, from, to, state);
                Arrays.fill(wasLost, from, to, state == State.LOST);
            }
        }

        int lostAndSentAgain() {
            int count = 0;
            for (int i = 0; i < bytes.length; i++) {
                count += wasLost[i] && bytes[i] == State.IN_NETWORK ? 1 : 0;
            }
            return count;
        }

        void change(final int from, final int to, final State before, final State after) {
            for (int i = from; i < to; i++) {
                if (bytes[i] == before) {
                    bytes[i] = after;
                    wasLost[i] |= after == State.LOST;
                }
            }
        }

        int first(final State state) {
            return Arrays.asList(bytes).indexOf(state);
        }

        int count(final State state) {
            int count = 0;
            for (final State s : bytes) {
                count += s == state ? 1 : 0;
            }
            return count;
        }

        /** Nothing is delivered twice, unless the peer took back that it had it. */
        void deliver(final SentSegment segment, final int length, final AckArrival ack) {
            for (int i = segment.start - START; i < segment.start - START + length; i++) {
                assertThat(bytes[i]).isIn(State.IN_NETWORK, State.LOST);
            }
        }
    }
}
