package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.simulation.Pattern;
import io.tapstack.testing.Decisions;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fragments in any order, with holes, repeated, overlapping, contradicting each other, of several datagrams at a time,
 * compared with a model of the received stretches of each datagram.
 */
class ReassemblyFuzzTest {

    private static final int PROTOCOL = 253;
    private static final int MORE = 0x2000;
    private static final int IDENTIFICATIONS = 4;
    private static final int LARGEST_PAYLOAD = 65_515;
    private static final long TIMEOUT = ReassemblyLimits.DEFAULT.timeoutNanos();

    @FuzzTest
    void wholeOrNotAtAll(final byte[] input) {
        new Run(new Decisions(input)).play();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void atRandom(final long seed) {
        new Run(Decisions.atRandom(seed, 4_000)).play();
    }

    /** An incomplete datagram. */
    private static final class Expected {
        final TreeMap<Integer, Integer> stretches = new TreeMap<>(); // from, to
        final long expires;
        int end = -1;
        boolean dead;

        Expected(final long expires) {
            this.expires = expires;
        }

        boolean isWhole() {
            return end >= 0 && covers(0, end);
        }

        /** True if all bytes of a stretch have arrived. */
        boolean covers(final int from, final int to) {
            int at = from;
            for (final Map.Entry<Integer, Integer> stretch : stretches.entrySet()) {
                if (stretch.getKey() <= at) {
                    at = Math.max(at, stretch.getValue());
                }
            }
            return at >= to;
        }
    }

    private static final class Run {

        private final Decisions in;
        private final TestHost host = TestHost.settled();
        private final RecordingTransport transport = new RecordingTransport();
        private final Map<Integer, Expected> expected = new HashMap<>();
        private int arrived;

        Run(final Decisions in) {
            this.in = in;
            host.internet.register(PROTOCOL, transport);
        }

        void play() {
            // At the limits datagrams are dropped that the model would keep.
            int fragments = 0;
            while (!in.isUsedUp() && fragments++ < 200) {
                if (in.oneIn(32)) {
                    host.advance(in.below(256) * (TIMEOUT / 128));
                    expected.values().removeIf(datagram -> datagram.expires <= host.now());
                } else {
                    fragment();
                }
            }
            host.advance(TIMEOUT);
            host.link.takeSent();
            host.assertNothingLeaked();
            assertThat(host.wheel.armedTimers()).as("timers left").isZero();
        }

        private void fragment() {
            final int identification = in.below(IDENTIFICATIONS);
            final Expected known = expected.get(identification);
            final int from = 8 * in.oneOf(next(known) / 8, 0, 1, in.below(64), in.below(8_192));
            final int wanted = in.oneOf(8, 16, 64, 1_480, in.below(64));
            final boolean last = in.oneIn(4);
            final int to = Math.min(from + wanted, LARGEST_PAYLOAD + 8);
            final byte[] piece = new byte[Math.max(0, to - from)];
            final Pattern content = new Pattern(identification);
            content.fill(ByteBuffer.wrap(piece), from);
            final boolean whole = from == 0 && last; // not a fragment at all
            final boolean falsified = !whole && from < to && known != null && known.covers(from, to) && in.oneIn(8);
            if (falsified) {
                piece[in.below(piece.length)] ^= 1;
            }
            final int field = from / 8 | (last ? 0 : MORE);
            final byte[] packet =
                    Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, identification, field, new byte[0], piece);
            final boolean completes = expect(identification, from, from + piece.length, last, falsified);
            host.receivePacket(packet);
            host.link.takeSent();
            if (completes) {
                arrived++;
            }
            assertThat(transport.packets).as("datagrams").hasSize(arrived);
            if (completes) {
                final byte[] payload = transport.packets.get(arrived - 1).payload();
                assertThat(content.firstWrong(ByteBuffer.wrap(payload), 0, payload.length, 0))
                        .isEqualTo(-1);
            }
        }

        /** The first missing byte of the datagram. */
        private static int next(final Expected known) {
            return known == null || known.stretches.isEmpty()
                    ? 0
                    : known.stretches.lastEntry().getValue();
        }

        /** @return true if the fragment completes a datagram */
        private boolean expect(
                final int identification, final int from, final int to, final boolean last, final boolean falsified) {
            if (from == 0 && last) {
                return to >= 0; // not a fragment at all
            }
            final boolean possible = to > from && (last || (to - from) % 8 == 0) && to <= LARGEST_PAYLOAD;
            if (!possible) {
                return false;
            }
            final Expected datagram =
                    expected.computeIfAbsent(identification, key -> new Expected(host.now() + TIMEOUT));
            if (datagram.dead) {
                return false;
            }
            if (datagram.covers(from, to) && last == (to == datagram.end) && !falsified) {
                return false; // all bytes are there, with the same contents
            }
            final Map.Entry<Integer, Integer> before = datagram.stretches.lowerEntry(to);
            final boolean overlaps = before != null && before.getValue() > from;
            final boolean contradicts = datagram.end >= 0 && (last || to > datagram.end)
                    || last
                            && !datagram.stretches.isEmpty()
                            && datagram.stretches.lastEntry().getValue() > to;
            if (overlaps || contradicts) {
                // RFC 5722: the whole datagram, and its later fragments.
                datagram.dead = true;
                return false;
            }
            datagram.stretches.put(from, to);
            datagram.end = last ? to : datagram.end;
            if (!datagram.isWhole()) {
                return false;
            }
            expected.remove(identification);
            return true;
        }
    }
}
