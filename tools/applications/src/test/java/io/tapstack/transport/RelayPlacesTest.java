package io.tapstack.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.transport.RelayPlaces.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two places, and an idle time of a minute. */
class RelayPlacesTest {

    private final LogThread log = new LogThread("test-log");
    private final RelayPlaces places = new RelayPlaces(log, 2, Duration.ofMinutes(1));
    private final List<String> reset = new ArrayList<>();

    @AfterEach
    void close() {
        places.close();
        log.close();
    }

    private static long second(final long second) {
        return TimeUnit.SECONDS.toNanos(second);
    }

    /**
     * A client that connects at {@code second}.
     *
     * @return the bytes that it has moved, which the test changes
     */
    private AtomicLong join(final String name, final long second) {
        final AtomicLong bytes = new AtomicLong();
        take(second).joined(bytes::get, () -> reset.add(name), second(second));
        return bytes;
    }

    private Place take(final long second) {
        return places.take(second(second)).orElseThrow();
    }

    private boolean refusedAt(final long second) {
        return places.take(second(second)).isEmpty();
    }

    @Test
    void theLongestIdleGivesWay() {
        join("a", 0);
        join("b", 1);
        assertThat(refusedAt(59)).isTrue();
        join("c", 70);
        assertThat(reset).containsExactly("a");
        join("d", 71);
        assertThat(reset).containsExactly("a", "b");
        assertThat(refusedAt(72)).isTrue();
    }

    /** Else a flood of clients would have ten thousand places looked at for each of them. */
    @Test
    void noPlaceIsLookedAtBeforeOneCanBeIdle() {
        final AtomicLong looks = new AtomicLong();
        take(0).joined(looks::incrementAndGet, () -> reset.add("a"), 0);
        take(0).joined(() -> 0, () -> reset.add("b"), 0);
        assertThat(refusedAt(10)).isTrue();
        final long once = looks.get();
        assertThat(refusedAt(11)).isTrue();
        assertThat(refusedAt(59)).isTrue();
        assertThat(looks).hasValue(once);
        join("c", 60);
        assertThat(reset).containsExactly("b");
    }

    @Test
    void whatMovesStays() {
        final AtomicLong first = join("a", 0);
        join("b", 1);
        first.set(10);
        places.look(second(30));
        join("c", 70);
        assertThat(reset).containsExactly("b");
        assertThat(refusedAt(89)).isTrue();
        first.set(11); // is seen without a look since
        assertThat(refusedAt(95)).isTrue();
    }

    @Test
    void whoseTargetIsBeingConnectedIsNotIdle() {
        take(0);
        take(0);
        assertThat(refusedAt(1_000)).isTrue();
    }

    @Test
    void aPlaceThatIsGivenBackIsFree() {
        final Place place = take(0);
        join("b", 0);
        places.giveBack(place);
        places.giveBack(place);
        join("c", 1);
        assertThat(refusedAt(2)).isTrue();
        assertThat(reset).isEmpty();
    }

    @Test
    void idleClientsThatNoNewOneNeedsThePlaceOfStay() {
        join("a", 0);
        places.look(second(1_000));
        join("b", 1_000);
        assertThat(reset).isEmpty();
    }

    @Test
    void allAreReset() {
        join("a", 0);
        join("b", 0);
        places.resetAll();
        assertThat(reset).containsExactlyInAnyOrder("a", "b");
    }
}
