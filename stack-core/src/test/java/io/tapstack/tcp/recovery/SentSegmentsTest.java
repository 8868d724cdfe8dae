package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.recovery.SentSegment.State;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of segments of 1000, from a start close to the end of the sequence numbers. */
class SentSegmentsTest {

    private static final int MSS = 1_000;
    private static final int START = -2_500;

    private final SentSegments entries = new SentSegments(new SentSegmentPool());
    private long now = 1;

    private SentSegment append(final int from, final int to) {
        final SentSegment segment = entries.append(START + from, START + to, MSS);
        segment.sentNanos = now++;
        return segment;
    }

    private List<String> all() {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            texts.add(text(entries.at(i)));
        }
        return texts;
    }

    private static List<String> list(final @Nullable SentSegment first) {
        final List<String> texts = new ArrayList<>();
        for (SentSegment segment = first; segment != null; segment = segment.next) {
            texts.add(text(segment));
        }
        return texts;
    }

    private static String text(final SentSegment segment) {
        return (segment.start - START) + ":" + (segment.end - START) + " " + segment.state;
    }

    @Test
    void theMiddleOfAnEntryIsIsolated() {
        append(0, 5_000);
        final SentSegment middle = entries.isolate(0, START + 2_000, START + 3_000);
        assertThat(text(middle)).isEqualTo("2000:3000 IN_NETWORK");
        assertThat(all()).containsExactly("0:2000 IN_NETWORK", "2000:3000 IN_NETWORK", "3000:5000 IN_NETWORK");
        assertThat(list(entries.oldestInNetwork())).isEqualTo(all());
        assertThat(entries.count().bytesInNetwork).isEqualTo(5_000);
        assertThat(entries.count().segments).isEqualTo(5);
    }

    @Test
    void anEntryThatLiesInsideIsNotDivided() {
        final SentSegment only = append(0, 2_000);
        assertThat(entries.isolate(0, START - 500, START + 9_000)).isSameAs(only);
        assertThat(entries.size()).isOne();
    }

    @Test
    void sackedNeighboursBecomeOne() {
        for (int i = 0; i < 3; i++) {
            append(i * MSS, (i + 1) * MSS);
        }
        entries.sacked(entries.at(0));
        assertThat(entries.joinSacked(0)).isZero();
        entries.sacked(entries.at(2));
        assertThat(entries.joinSacked(2)).isEqualTo(2);
        entries.sacked(entries.at(1));
        assertThat(entries.joinSacked(1)).isZero();
        assertThat(all()).containsExactly("0:3000 SACKED");
        assertThat(entries.count().segmentsSacked).isEqualTo(3);
        assertThat(entries.oldestInNetwork()).isNull();
    }

    @Test
    void whatIsSentAgainIsTheLatestInTheNetwork() {
        final SentSegment first = append(0, 1_000);
        append(1_000, 2_000);
        entries.lost(first);
        assertThat(list(entries.firstLost())).containsExactly("0:1000 LOST");
        entries.sentAgain(first, first.start, MSS, now);
        assertThat(list(entries.oldestInNetwork())).containsExactly("1000:2000 IN_NETWORK", "0:1000 IN_NETWORK");
        assertThat(entries.count().segmentsLostSentAgain).isOne();
        assertThat(first.transmissions).isEqualTo(2);
    }

    @Test
    void theLostStandInOrderOfSequenceNumbersAndReturnInOrderOfTime() {
        final SentSegment first = append(0, 1_000);
        final SentSegment second = append(1_000, 2_000);
        append(2_000, 3_000);
        entries.lost(second);
        entries.lost(first);
        assertThat(list(entries.firstLost())).containsExactly("0:1000 LOST", "1000:2000 LOST");
        entries.unmarkLost();
        assertThat(list(entries.oldestInNetwork()))
                .containsExactly("0:1000 IN_NETWORK", "1000:2000 IN_NETWORK", "2000:3000 IN_NETWORK");
        assertThat(entries.count().segmentsLost).isZero();
    }

    /** A FIN has a sequence number, but a segment of its own only if there is no data for it to ride on. */
    @Test
    void aFinRidesOnData() {
        entries.finEndsAt(START + 2_001);
        final SentSegment segment = append(0, 2_001);
        assertThat(segment.segments).isEqualTo(2);
        assertThat(entries.dataEnd(segment, segment.start) - START).isEqualTo(2_000);
        entries.shorten(segment, START + 2_000);
        assertThat(segment.segments).isOne();
        assertThat(entries.dataEnd(segment, segment.start) - START).isEqualTo(2_001);
    }

    /** Whatever happens to entries: they stay in order and without gaps, and lists and sums agree with them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void ringListsAndSumsAgree(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        int end = 0;
        for (int step = 0; step < 1_000; step++) {
            final int what = random.nextInt(7);
            if (entries.isEmpty() || what == 0) {
                final int length = MSS * (1 + random.nextInt(8));
                append(end, end + length);
                end += length;
            } else {
                change(what, random);
            }
            check(end);
        }
        entries.clear();
        check(end);
        assertThat(entries.count().segments).isZero();
    }

    private void change(final int what, final SplittableRandom random) {
        final int index = random.nextInt(entries.size());
        final SentSegment segment = entries.at(index);
        switch (what) {
            case 1 -> {
                if (segment.length() > MSS && segment.state != State.SACKED) {
                    entries.divide(index, segment.start + MSS);
                }
            }
            case 2 -> {
                if (segment.state != State.SACKED) {
                    entries.sacked(segment);
                    entries.joinSacked(index);
                }
            }
            case 3 -> {
                if (segment.state != State.LOST) {
                    entries.lost(segment);
                }
            }
            case 4 -> {
                if (segment.state != State.SACKED) {
                    entries.sentAgain(segment, segment.start, MSS, now++);
                }
            }
            case 5 -> entries.removeFirst();
            default -> {
                if (random.nextInt(20) == 0) {
                    entries.unmarkLost();
                }
            }
        }
    }

    private void check(final int end) {
        final FlightCount expected = new FlightCount();
        final List<SentSegment> inNetwork = new ArrayList<>();
        final List<SentSegment> lost = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            final SentSegment segment = entries.at(i);
            assertThat(segment.end).isEqualTo(i + 1 < entries.size() ? entries.at(i + 1).start : START + end);
            expected.enter(segment);
            (segment.state == State.LOST ? lost : inNetwork).add(segment);
        }
        inNetwork.removeIf(segment -> segment.state == State.SACKED);
        assertThat(entries.count()).usingRecursiveComparison().isEqualTo(expected);
        assertThat(walk(entries.firstLost())).isEqualTo(lost);
        final List<SentSegment> bySending = walk(entries.oldestInNetwork());
        assertThat(bySending).hasSameSizeAs(inNetwork);
        assertThat(new HashSet<>(bySending)).isEqualTo(new HashSet<>(inNetwork));
        assertThat(bySending).isSortedAccordingTo((one, other) -> Long.compare(one.sentNanos, other.sentNanos));
    }

    private static List<SentSegment> walk(final @Nullable SentSegment first) {
        final List<SentSegment> found = new ArrayList<>();
        for (SentSegment segment = first; segment != null; segment = segment.next) {
            found.add(segment);
        }
        return found;
    }
}
