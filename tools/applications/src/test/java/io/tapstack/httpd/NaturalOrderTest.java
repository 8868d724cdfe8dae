package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {

    /** In the order of a person. */
    private static final List<String> SORTED = List.of(
            "",
            ".hidden",
            "0",
            "00",
            "1.5",
            "1.10",
            "2",
            "99999999999999999998",
            "99999999999999999999",
            "100000000000000000000",
            "a",
            "a1b2",
            "a01b3",
            "a1b10",
            "alpha",
            "Beta",
            "PART",
            "Part",
            "part",
            "Part1.iso",
            "part01.iso",
            "part1.iso",
            "part2.iso",
            "Part9.iso",
            "part10.iso",
            "part10a.iso",
            "zebra",
            "\u00c4rger",
            "\u00e4rger",
            "\u65e5\u672c",
            "\ud83d\ude00");

    @Test
    void namesAreSortedAsPeopleDo() {
        for (int seed = 0; seed < 100; seed++) {
            final List<String> names = new ArrayList<>(SORTED);
            Collections.shuffle(names, new Random(seed));
            names.sort(NaturalOrder.INSTANCE);
            assertThat(names).containsExactlyElementsOf(SORTED);
        }
    }

    /** Each pair, so that no sort finds a contradiction in the order. */
    @Test
    void theOrderIsTotal() {
        for (int i = 0; i < SORTED.size(); i++) {
            for (int j = 0; j < SORTED.size(); j++) {
                assertThat(Integer.signum(NaturalOrder.INSTANCE.compare(SORTED.get(i), SORTED.get(j))))
                        .as("%s and %s", SORTED.get(i), SORTED.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }
}
