package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that curl downloads all at once, from a server on the stack. */
final class ParallelDownloads {

    private ParallelDownloads() {}

    /** Writes the files 1 to {@code count}, all of them different and about {@code bytes} long. */
    static void prepare(final Path served, final int count, final int bytes) throws Exception {
        for (int i = 1; i <= count; i++) {
            TestFile.write(served.resolve("file-" + i), (long) i * bytes, bytes - i);
        }
    }

    /** Downloads them over connections of their own, and compares. */
    static void run(final TestNetwork network, final Path served, final Path received, final int count)
            throws Exception {
        HostPrograms.run(
                "curl",
                "-sS",
                "--fail",
                "--parallel",
                "--parallel-immediate",
                "--parallel-max",
                String.valueOf(count),
                "-H",
                "Connection: close",
                "-o",
                received + "/file-#1",
                network.url("file-[1-" + count + "]"));
        for (int i = 1; i <= count; i++) {
            final String name = "file-" + i;
            assertThat(Files.mismatch(received.resolve(name), served.resolve(name)))
                    .as(name)
                    .isEqualTo(-1);
        }
    }
}
