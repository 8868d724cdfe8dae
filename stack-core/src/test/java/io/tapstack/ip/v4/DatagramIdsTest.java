package io.tapstack.ip.v4;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DatagramIdsTest {

    @Test
    void oneDestinationSeesAllNumbersBeforeOneComesAgain() { // RFC 6864 4.3
        final DatagramIds ids = new DatagramIds(new SplittableRandom(12));
        final boolean[] seen = new boolean[65_536];
        for (int i = 0; i < 65_536; i++) {
            final int id = ids.next(1, 2, 17);
            assertThat(seen[id]).isFalse();
            seen[id] = true;
        }
    }

    @Test
    void destinationsDoNotSeeEachOthersTraffic() { // RFC 7739 3
        final DatagramIds ids = new DatagramIds(new SplittableRandom(13));
        int steps = 0;
        for (int other = 100; other < 200; other++) {
            final int before = ids.next(1, 2, 17);
            ids.next(1, other, 17);
            steps += (ids.next(1, 2, 17) - before) & 0xFFFF;
        }
        assertThat(steps).as("a shared counter would give 200").isLessThan(110);
    }

    @Test
    void startsDependOnTheSecret() {
        final int one = new DatagramIds(new SplittableRandom(14)).next(1, 2, 17);
        final int other = new DatagramIds(new SplittableRandom(15)).next(1, 2, 17);
        assertThat(one).isNotEqualTo(other);
    }
}
