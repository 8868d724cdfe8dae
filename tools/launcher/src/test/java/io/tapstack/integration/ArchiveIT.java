package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that {@code bin/tapstack} starts the JVM with, and starts without one that is of no use. */
@Timeout(180)
class ArchiveIT {

    private static final String PROGRAM =
            Path.of("..", "..", "bin", "tapstack").toAbsolutePath().normalize().toString();

    @TempDir
    private Path directory;

    /** Runs a script; {@code version} prints the version, and anything on stderr, by an archive in {@code archives}. */
    private String bash(final String commands) throws Exception {
        final String script = "cd " + directory + "\n"
                + "export TAPSTACK_ARCHIVES=" + directory + "/archives XDG_CACHE_HOME=" + directory + "/cache\n"
                + "version() { " + PROGRAM + " --version 2>&1; }\n"
                + "train() { " + PROGRAM + " train 2>&1; }\n"
                + commands;
        return HostPrograms.run(
                "bash",
                "-euo",
                "pipefail",
                Files.writeString(directory.resolve("script"), script).toString());
    }

    @Test
    void itIsMadeOnceAndUsed() throws Exception {
        final String out = bash("""
                train & first=$!
                train
                wait $first
                ls archives | wc -l
                TAPSTACK_JAVA_OPTS=-Xlog:class+load:file=loaded version
                shared=$(grep -c 'io.tapstack.*shared objects file' loaded)
                others=$(grep -c 'io.tapstack.*source: file:' loaded || true)
                echo "$((shared > others)) $shared, not $others"
                """);
        // What implements an interface of picocli, whose class files are of Java 5, is left out by JDK 17.
        assertThat(out.lines())
                .startsWith("1")
                .last()
                .satisfies(line -> assertThat(line).startsWith("1 "));
    }

    @Test
    void oneThatIsOfNoUseIsIgnored() throws Exception {
        final String out = bash("""
                train
                archive=$(echo archives/*)
                head -c 100000 /dev/zero >other; mv -f other "$archive"; version
                : >"$archive.new"; mv -f "$archive.new" "$archive"; version
                rm "$archive"; version
                TAPSTACK_ARCHIVES=/proc/none XDG_CACHE_HOME=/proc/none version
                train
                TAPSTACK_JAVA_OPTS=-XX:-UseCompressedOops version
                TAPSTACK_JAVA_OPTS=-Xshare:off version
                """);
        assertThat(out.lines()).hasSize(6).allSatisfy(line -> assertThat(line).startsWith("tapstack "));
    }
}
