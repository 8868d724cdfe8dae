package io.tapstack.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 4861 7.2.5 and the table of its appendix C: an advertisement changes address, state and the router flag. */
class NeighborAdvertisementTest {

    private static final long OLD = 0x02_00_00_00_00_01L;
    private static final long NEW = 0x02_00_00_00_00_99L;
    private static final long NONE = -1;
    private static final long SECOND = 1_000_000_000L;

    private final TimerWheel wheel = new TimerWheel(0);
    private final BufferPool pool = new BufferPool();
    private final List<String> events = new ArrayList<>();
    private final NeighborCache cache = new NeighborCache(
            wheel,
            NeighborConfig.DEFAULT,
            new StackStatistics(),
            new SplittableRandom(1),
            neighbor -> events.add("solicit"),
            new WaitingPackets() {
                @Override
                public void resolved(final PacketBuffer packet, final Neighbor neighbor) {
                    packet.release();
                    events.add("sent");
                }

                @Override
                public void unresolved(final PacketBuffer packet, final long nowNanos) {}
            });
    private final Neighbor neighbor = cache.neighbor(IpAddress.parse("fe80::1"));

    NeighborAdvertisementTest() {
        cache.observe(new NeighborEvents() {
            @Override
            public void reachabilityChanged(final Neighbor changed) {
                events.add(changed.isProbablyReachable() ? "up" : "down");
            }

            @Override
            public void noRouterAnyMore(final Neighbor changed) {
                events.add("resigned");
            }
        });
    }

    private void enter(final NeighborState state) {
        neighbor.enqueue(pool.packet(64, 0));
        switch (state) {
            case INCOMPLETE -> {}
            case REACHABLE -> neighbor.advertised(OLD, true, true, false);
            case STALE -> neighbor.advertised(OLD, false, true, false);
            case DELAY, PROBE -> {
                neighbor.advertised(OLD, false, true, false);
                neighbor.isUsable();
                if (state == NeighborState.PROBE) {
                    wheel.advance(5 * SECOND);
                }
            }
            default -> throw new IllegalArgumentException();
        }
        assertThat(neighbor.state()).isEqualTo(state);
        events.clear();
    }

    @ParameterizedTest
    @CsvSource({
        // state before, address, solicited, override; state and address after
        "INCOMPLETE, new, true, true, REACHABLE, new",
        "INCOMPLETE, new, true, false, REACHABLE, new",
        "INCOMPLETE, new, false, true, STALE, new",
        "INCOMPLETE, new, false, false, STALE, new",
        "INCOMPLETE, none, true, true, INCOMPLETE, none",
        "REACHABLE, new, false, false, STALE, old",
        "REACHABLE, new, true, false, STALE, old",
        "REACHABLE, new, false, true, STALE, new",
        "REACHABLE, new, true, true, REACHABLE, new",
        "REACHABLE, old, false, true, REACHABLE, old",
        "STALE, old, true, false, REACHABLE, old",
        "STALE, new, true, false, STALE, old",
        "STALE, new, true, true, REACHABLE, new",
        "STALE, none, true, false, REACHABLE, old",
        "STALE, none, false, true, STALE, old",
        "DELAY, new, true, false, DELAY, old",
        "DELAY, new, false, true, STALE, new",
        "PROBE, old, true, false, REACHABLE, old",
        "PROBE, none, true, true, REACHABLE, old",
        "PROBE, new, true, false, PROBE, old",
        "PROBE, new, true, true, REACHABLE, new",
        "PROBE, old, false, true, PROBE, old",
    })
    void followsTheTable(
            final NeighborState before,
            final String address,
            final boolean solicited,
            final boolean override,
            final NeighborState after,
            final String addressAfter) {
        enter(before);
        neighbor.advertised(
                address.equals("new") ? NEW : address.equals("old") ? OLD : NONE, solicited, override, false);
        assertThat(neighbor.state()).isEqualTo(after);
        assertThat(neighbor.mac()).isEqualTo(addressAfter.equals("new") ? NEW : addressAfter.equals("old") ? OLD : 0);
        cache.clear();
        assertThat(pool.packetsInUse()).isZero();
    }

    @Test
    void anAdvertisementSendsThePacketsThatWait() {
        enter(NeighborState.INCOMPLETE);
        neighbor.advertised(NEW, true, false, true);
        assertThat(events).containsExactly("up", "sent");
        assertThat(neighbor.isRouter()).isTrue();
    }

    @Test
    void aRouterThatBecomesAHostIsReported() { // RFC 4861 7.2.5, last paragraph
        enter(NeighborState.STALE);
        neighbor.advertised(OLD, false, true, true);
        assertThat(events).isEmpty();
        neighbor.advertised(NEW, false, false, false);
        assertThat(neighbor.isRouter())
                .as("an advertisement without effect leaves the flag")
                .isTrue();
        neighbor.advertised(OLD, false, true, false);
        assertThat(events).containsExactly("resigned");
    }

    @Test
    void aFailedNeighborIsReportedAndLearnsNothingUnasked() { // RFC 4861 7.3.3
        enter(NeighborState.PROBE);
        for (int second = 6; second <= 8; second++) {
            wheel.advance(second * SECOND);
        }
        assertThat(neighbor.state()).isEqualTo(NeighborState.FAILED);
        assertThat(events).endsWith("down");
        neighbor.advertised(NEW, false, true, false);
        assertThat(neighbor.state()).isEqualTo(NeighborState.FAILED);
    }

    @Test
    void timersOfARouterReplaceTheConfigured() { // RFC 4861 6.3.4
        cache.requestIntervalNanos(SECOND / 10);
        cache.reachableNanos(SECOND);
        enter(NeighborState.PROBE);
        wheel.advance(5 * SECOND + SECOND / 10);
        assertThat(events).containsExactly("solicit");
        neighbor.advertised(OLD, true, true, false);
        wheel.advance(7 * SECOND);
        assertThat(neighbor.state()).isEqualTo(NeighborState.STALE);
    }
}
