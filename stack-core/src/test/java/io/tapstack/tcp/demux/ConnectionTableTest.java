package io.tapstack.tcp.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.IpPath;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of connections against a HashMap. */
class ConnectionTableTest {

    private record Key(Endpoint local, Endpoint remote) {}

    private static DemuxEntry entry(final Key key) {
        final IpPath path = new TestPath(key.local().address(), key.remote().address());
        return new DemuxEntry(path, key.local().port(), key.remote().port()) {};
    }

    /** Few addresses and ports, so that many of them differ in one number only. */
    private static Key key(final SplittableRandom random) {
        final IpAddress local = IpAddress.parse("192.0.2." + (1 + random.nextInt(2)));
        final IpAddress remote = IpAddress.parse("198.51.100." + random.nextInt(4));
        return new Key(new Endpoint(local, 80 + random.nextInt(2)), new Endpoint(remote, 40_000 + random.nextInt(60)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomCalls(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final ConnectionTable table = new ConnectionTable(random.nextLong());
        final Map<Key, DemuxEntry> expected = new HashMap<>();
        final List<Key> seen = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            final Key key = key(random);
            final DemuxEntry present = expected.get(key);
            assertThat(table.find(key.local(), key.remote())).isSameAs(present);
            // It grows for a while, and shrinks for a while.
            final boolean grow = random.nextInt(3) != (step / 2_000) % 2;
            if (present == null && grow) {
                final DemuxEntry added = entry(key);
                table.add(added);
                expected.put(key, added);
                seen.add(key);
            } else if (present != null && !grow) {
                table.remove(present);
                expected.remove(key);
            }
            assertThat(table.size()).isEqualTo(expected.size());
        }
        final List<DemuxEntry> all = new ArrayList<>();
        table.forEach(all::add);
        assertThat(all).containsExactlyInAnyOrderElementsOf(expected.values());
        for (final Key key : seen) {
            assertThat(table.find(key.local(), key.remote())).isSameAs(expected.get(key));
        }
    }

    /** Removing what is not there, or what another one has taken the place of, changes nothing. */
    @Test
    void removeWhatIsNotThere() {
        final ConnectionTable table = new ConnectionTable(7);
        final Key key = key(new SplittableRandom(1));
        final DemuxEntry first = entry(key);
        final DemuxEntry second = entry(key);
        table.remove(first);
        table.add(second);
        table.remove(first);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.find(key.local(), key.remote())).isSameAs(second);
    }
}
