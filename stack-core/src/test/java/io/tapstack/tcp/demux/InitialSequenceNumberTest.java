package io.tapstack.tcp.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.IpPath;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Initial sequence numbers: RFC 6528 3, RFC 9293 3.4.1. */
class InitialSequenceNumberTest {

    private static final long SECOND = 1_000_000_000L;

    private final TestHost host = TestHost.settled();
    private final IpPath path = path("10.0.0.1");
    private final IpPath other = path("10.0.0.7");
    private final InitialSequenceNumber numbers = new InitialSequenceNumber(new SipHash(1, 2));

    private IpPath path(final String destination) {
        return Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, IpAddress.parse(destination)));
    }

    /** M (MUST-8): the clock ticks every four microseconds, whatever the connection. */
    @Test
    void aTupleGoesOnWithTheClock() {
        final int first = numbers.next(path, 80, 40_000, 0);
        assertThat(numbers.next(path, 80, 40_000, 0)).isEqualTo(first);
        assertThat(numbers.next(path, 80, 40_000, 4_000) - first).isEqualTo(1);
        assertThat(numbers.next(path, 80, 40_000, SECOND) - first).isEqualTo(250_000);
        // 4 hours and 46 minutes: the clock has gone round, and on.
        assertThat(numbers.next(path, 80, 40_000, 20_000 * SECOND) - first).isEqualTo((int) 5_000_000_000L);
    }

    /** F (SHLD-1): what one connection shows tells nothing of the next, the port beside it or another host's. */
    @Test
    void tuplesHaveNothingInCommon() {
        final Set<Integer> steps = new HashSet<>();
        int before = numbers.next(path, 80, 40_000, 0);
        for (int port = 40_001; port <= 41_000; port++) {
            final int next = numbers.next(path, 80, port, 0);
            steps.add(next - before);
            before = next;
        }
        assertThat(steps).hasSize(1_000);
        final int base = numbers.next(path, 80, 40_000, 0);
        assertThat(numbers.next(path, 81, 40_000, 0)).isNotEqualTo(base);
        assertThat(numbers.next(other, 80, 40_000, 0)).isNotEqualTo(base);
        assertThat(numbers.next(path, 40_000, 80, 0)).isNotEqualTo(base);
    }

    /** The secret key (MUST-9): another stack, or the same after a start, has other numbers for the same tuples. */
    @Test
    void theKeyDecides() {
        final InitialSequenceNumber others = new InitialSequenceNumber(new SipHash(1, 3));
        int equal = 0;
        for (int port = 1; port <= 1_000; port++) {
            if (numbers.next(path, 80, port, 0) == others.next(path, 80, port, 0)) {
                equal++;
            }
        }
        assertThat(equal).isZero();
    }

    /** RFC 7323 7.1: the offset of the timestamp clock is no way to the ISN. */
    @Test
    void timestampsTellNothing() {
        for (int port = 1; port <= 1_000; port++) {
            assertThat(numbers.timestampOffset(path, 80, port)).isNotEqualTo(numbers.next(path, 80, port, 0));
        }
    }
}
