package io.tapstack.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuTimeTest {

    /** proc_pid_stat(5): utime is field 14, stime field 15; the name may look like the end of itself. */
    @Test
    void nameWithBlanksAndParentheses() {
        assertThat(CpuTime.ticks("42 (a) b) R 1 42 42 0 -1 4194560 10 0 0 0 1234 56 7 8 20 0 1 0 100"))
                .isEqualTo(1234 + 56);
    }
}
