package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServeMethod;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** curl gets files of all sizes, by all methods, with and without offloads, and every byte is right. */
@Timeout(60)
class DownloadIT {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    private static final Map<Long, TestFile> FILES = new HashMap<>();

    @TempDir
    private static Path directory;

    private TestNetwork network;

    @BeforeAll
    static void writeFiles() throws Exception {
        for (final long size : new long[] {0, 1, 1447, 1448, 1449, 64 * KIB, MIB, 64 * MIB, 1024 * MIB}) {
            FILES.put(size, TestFile.write(directory.resolve("file-" + size), size));
        }
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    static Stream<Arguments> allWays() {
        return Stream.of(ServeMethod.values())
                .flatMap(method -> Stream.of(Offload.values()).map(offload -> Arguments.of(method, offload)));
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void smallFiles(final ServeMethod method, final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        network.serve(directory, method);
        for (final long size : new long[] {0, 1, 1447, 1448, 1449, 64 * KIB, MIB}) {
            download(size);
        }
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void aLargeFile(final ServeMethod method, final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        network.serve(directory, method);
        download(64 * MIB);
    }

    @ParameterizedTest
    @EnumSource
    void oneGibibyte(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        network.serve(directory, ServeMethod.SENDFILE);
        download(1024 * MIB);
    }

    private void download(final long size) throws Exception {
        final TestFile file = FILES.get(size);
        final String sha256 =
                HostPrograms.script("curl -sS --fail --max-time 50 " + network.url(file.name()) + " | sha256sum");
        assertThat(sha256).as("what came of %d bytes", size).startsWith(file.sha256());
    }
}
