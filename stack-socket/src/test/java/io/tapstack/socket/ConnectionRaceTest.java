package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** RFC 8305: which address is tried when. */
class ConnectionRaceTest {

    private static final long MILLIS = 1_000_000;
    private static final Optional<List<IpAddress>> UNKNOWN = Optional.empty();
    private static final Optional<List<IpAddress>> NONE = Optional.of(List.of());

    private final ConnectionRace race = new ConnectionRace(UnaryOperator.identity());

    private static IpAddress address(final String text) {
        return IpAddress.parse(text);
    }

    private static Optional<List<IpAddress>> some(final String... texts) {
        return Optional.of(Stream.of(texts).map(IpAddress::parse).toList());
    }

    /** RFC 8305 3: the AAAA answer first. */
    @Test
    void triesIpv6AtOnce() {
        race.resolved(some("2001:db8::1"), UNKNOWN, 0);
        assertThat(race.next(0)).isEqualTo(address("2001:db8::1"));
        assertThat(race.next(0)).isNull();
        assertThat(race.deadline()).isEqualTo(Long.MAX_VALUE);
        // The A answer adds to the list, and waits for its turn.
        race.resolved(some("2001:db8::1"), some("192.0.2.1"), 100 * MILLIS);
        assertThat(race.next(249 * MILLIS)).isNull();
        assertThat(race.next(250 * MILLIS)).isEqualTo(address("192.0.2.1"));
    }

    /** RFC 8305 3: the A answer first; IPv4 waits for the resolution delay of 50 ms. */
    @Test
    void waitsForIpv6AfterAnIpv4Answer() {
        race.resolved(UNKNOWN, some("192.0.2.1"), 7 * MILLIS);
        assertThat(race.next(7 * MILLIS)).isNull();
        assertThat(race.deadline()).isEqualTo(57 * MILLIS);
        assertThat(race.next(57 * MILLIS)).isEqualTo(address("192.0.2.1"));
    }

    @Test
    void doesNotWaitForIpv6ThatDoesNotExist() {
        race.resolved(UNKNOWN, some("192.0.2.1"), 0);
        race.resolved(NONE, some("192.0.2.1"), 3 * MILLIS);
        assertThat(race.next(3 * MILLIS)).isEqualTo(address("192.0.2.1"));
    }

    @Test
    void prefersIpv6ThatComesWithinTheResolutionDelay() {
        final ConnectionRace sorted = new ConnectionRace(all -> all.stream()
                .sorted((a, b) -> Boolean.compare(a.isIpv4(), b.isIpv4()))
                .toList());
        sorted.resolved(UNKNOWN, some("192.0.2.1"), 0);
        sorted.resolved(some("2001:db8::1"), some("192.0.2.1"), 49 * MILLIS);
        assertThat(sorted.next(49 * MILLIS)).isEqualTo(address("2001:db8::1"));
        assertThat(sorted.next(299 * MILLIS)).isEqualTo(address("192.0.2.1"));
    }

    /** RFC 8305 4 and 5: a family that is dead delays the other one by 250 ms, however many addresses it has. */
    @Test
    void alternatesTheFamilies() {
        race.resolved(some("2001:db8::1", "2001:db8::2", "2001:db8::3"), some("192.0.2.1", "192.0.2.2"), 0);
        assertThat(race.next(0)).isEqualTo(address("2001:db8::1"));
        assertThat(race.next(250 * MILLIS)).isEqualTo(address("192.0.2.1"));
        assertThat(race.next(500 * MILLIS)).isEqualTo(address("2001:db8::2"));
        assertThat(race.next(750 * MILLIS)).isEqualTo(address("192.0.2.2"));
        assertThat(race.next(1_000 * MILLIS)).isEqualTo(address("2001:db8::3"));
        assertThat(race.next(9_000 * MILLIS)).isNull();
    }

    /** RFC 8305 5: the next attempt need not wait for the delay once the latest one has failed. */
    @Test
    void goesOnAtOnceAfterAFailure() {
        race.resolved(some("2001:db8::1"), some("192.0.2.1"), 0);
        assertThat(race.next(0)).isEqualTo(address("2001:db8::1"));
        race.failed(address("2001:db8::1"));
        assertThat(race.next(MILLIS)).isEqualTo(address("192.0.2.1"));
        assertThat(race.isLost()).isFalse();
        race.failed(address("192.0.2.1"));
        assertThat(race.isLost()).isTrue();
    }

    /** An older attempt that fails says nothing about the latest one. */
    @Test
    void keepsTheDelayAfterAnEarlierFailure() {
        race.resolved(some("2001:db8::1", "2001:db8::2"), some("192.0.2.1"), 0);
        race.next(0);
        race.next(250 * MILLIS);
        race.failed(address("2001:db8::1"));
        assertThat(race.next(260 * MILLIS)).isNull();
        assertThat(race.next(500 * MILLIS)).isEqualTo(address("2001:db8::2"));
    }

    @Test
    void isNotLostWhileAFamilyIsLookedUp() {
        race.resolved(some("2001:db8::1"), UNKNOWN, 0);
        race.next(0);
        race.failed(address("2001:db8::1"));
        assertThat(race.isLost()).isFalse();
        race.resolved(some("2001:db8::1"), NONE, 0);
        assertThat(race.isLost()).isTrue();
    }
}
