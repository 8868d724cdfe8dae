package io.tapstack.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final StringWriter screen = new StringWriter();
    private final AtomicLong now = new AtomicLong();
    private final ProgressBar bar = new ProgressBar(new PrintWriter(screen), "file.bin", 80, now::get);

    private String lastLine() {
        final String all = screen.toString().stripTrailing();
        return all.substring(all.lastIndexOf('\r') + 1).replace("\033[K", "");
    }

    @Test
    void showsShareRateAndTimeLeft() {
        bar.begin(1_000_000, OptionalLong.of(5_000_000));
        now.addAndGet(1_000_000_000);
        bar.advance(1_000_000);
        assertThat(lastLine())
                .startsWith("file.bin  [#")
                .contains("]  40 %", "1.91 MiB", "8.0 Mbit/s", "3 s left")
                .as("with room for ^C")
                .hasSize(77);
        now.addAndGet(50_000_000);
        bar.advance(3_000_000);
        assertThat(lastLine()).as("not drawn too often").contains(" 40 %");
        bar.end();
        assertThat(lastLine()).contains("100 %").doesNotContain("left");
    }

    @Test
    void withoutATotalItCounts() {
        bar.begin(0, OptionalLong.empty());
        now.addAndGet(1_000_000_000);
        bar.advance(2048);
        assertThat(lastLine()).isEqualTo("file.bin  2.00 KiB  16.4 kbit/s");
    }

    @Test
    void nothingAtAll() {
        bar.begin(0, OptionalLong.of(0));
        bar.end();
        assertThat(lastLine()).contains("100 %");
    }
}
