package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowSteeringTest {

    private static final IpAddress OURS = IpAddress.parse("10.0.0.2");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.1");
    private static final int FLOWS = 60_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 16, 64})
    void isTheSameInBothDirections(final int queues) {
        final SplittableRandom random = new SplittableRandom(queues);
        final FlowSteering steering = new FlowSteering(queues, new SipHash(random.nextLong(), 0));
        for (int i = 0; i < 10_000; i++) {
            final Endpoint one = new Endpoint(IpAddress.ipv4(random.nextInt()), random.nextInt(65_536));
            final Endpoint other = new Endpoint(IpAddress.ipv4(random.nextInt()), random.nextInt(65_536));
            assertThat(steering.queue(one, other)).isBetween(0, queues - 1).isEqualTo(steering.queue(other, one));
        }
    }

    /** One client with many ports is the usual load: consecutive ports have to spread as well as random ones. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void consecutivePortsSpread(final int queues) {
        final FlowSteering steering = new FlowSteering(queues, new SipHash(0x1234_5678_9ABC_DEF0L, 0));
        final int[] flows = new int[queues];
        for (int port = 1; port <= FLOWS; port++) {
            flows[steering.queue(new Endpoint(OURS, 80), new Endpoint(PEER, port))]++;
        }
        for (final int count : flows) {
            assertThat((double) count).isCloseTo((double) FLOWS / queues, within(0.05 * FLOWS / queues));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void addressesSpread(final int queues) {
        final FlowSteering steering = new FlowSteering(queues, new SipHash(99, 0));
        final int[] flows = new int[queues];
        for (int client = 1; client <= FLOWS; client++) {
            flows[steering.queue(new Endpoint(IpAddress.ipv4(0x0A01_0000 + client), 40_000), new Endpoint(OURS, 80))]++;
        }
        for (final int count : flows) {
            assertThat((double) count).isCloseTo((double) FLOWS / queues, within(0.05 * FLOWS / queues));
        }
    }

    @Test
    void addressesOfIpv6Count() {
        final FlowSteering steering = new FlowSteering(64, new SipHash(5, 0));
        final Endpoint ours = new Endpoint(IpAddress.ipv6(0x2001_0db8L << 32, 1), 80);
        final long distinct = java.util.stream.LongStream.range(0, 1_000)
                .map(high -> steering.queue(ours, new Endpoint(IpAddress.ipv6(high, 2), 40_000)))
                .distinct()
                .count();
        assertThat(distinct).isEqualTo(64);
    }

    /** Without the key a peer cannot choose ports that all belong to one stack. */
    @Test
    void anotherKeySharesOutDifferently() {
        final FlowSteering one = new FlowSteering(2, new SipHash(1, 0));
        final FlowSteering other = new FlowSteering(2, new SipHash(2, 0));
        int same = 0;
        for (int port = 1; port <= FLOWS; port++) {
            final Endpoint ours = new Endpoint(OURS, 80);
            final Endpoint peer = new Endpoint(PEER, port);
            same += one.queue(ours, peer) == other.queue(ours, peer) ? 1 : 0;
        }
        assertThat((double) same).isCloseTo(FLOWS / 2.0, within(0.05 * FLOWS));
    }

    @Test
    void thereIsAQueue() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FlowSteering(0, new SipHash(1, 0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new QueueShare(new FlowSteering(2, new SipHash(1, 0)), 2));
    }
}
