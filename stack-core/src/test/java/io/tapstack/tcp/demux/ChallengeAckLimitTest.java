package io.tapstack.tcp.demux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RFC 5961 7, and what CVE-2016-5696 made of it. */
class ChallengeAckLimitTest {

    private static final long SECOND = 1_000_000_000L;

    /** Each second another number, between half of the limit and one and a half: what is left tells nothing. */
    @Test
    void sizeChanges() {
        final ChallengeAckLimit limit = new ChallengeAckLimit(new SplittableRandom(5), 1_000);
        final Set<Integer> sizes = new HashSet<>();
        for (int second = 0; second < 100; second++) {
            int taken = 0;
            while (limit.tryTake(second * SECOND + taken)) {
                taken++;
            }
            assertThat(taken).isBetween(500, 1_500);
            sizes.add(taken);
        }
        assertThat(sizes).hasSizeGreaterThan(80);
    }
}
