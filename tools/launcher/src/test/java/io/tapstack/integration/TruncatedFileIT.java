package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServeMethod;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file that is cut short while it is served: the client gets only bytes that the file had, and a failure; the server
 * lives on.
 */
@Timeout(60)
class TruncatedFileIT {

    private static final int SIZE = 64 << 20;

    @TempDir
    private Path directory;

    static Stream<Arguments> allWays() {
        return Stream.of(ServeMethod.values())
                .flatMap(method -> Stream.of(Offload.values())
                        .flatMap(offload -> Stream.of(0, 100_000, 32 << 20, (32 << 20) + 1234)
                                .map(remaining -> Arguments.of(method, offload, remaining))));
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void cutShort(final ServeMethod method, final Offload offload, final int remaining) throws Exception {
        final TestFile file = TestFile.write(directory.resolve("file"), SIZE);
        try (TestNetwork network = TestNetwork.open(offload)) {
            network.serve(directory, method);
            try (KernelClient client =
                    new KernelClient(network.address()).get("file").read(500_000)) {
                try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                    channel.truncate(remaining);
                }
                final KernelClient.End end = client.readToEnd();
                assertThat(end.failure())
                        .as("after %d bytes", end.bytes())
                        .get()
                        .asString()
                        .contains("reset");
                assertThat(end.bytes()).isLessThan(SIZE);
            }
            final String size = HostPrograms.run(
                    "curl", "-sS", "--fail", "-o", "/dev/null", "-w", "%{size_download}", network.url("file"));
            assertThat(size).as("served afterwards").isEqualTo(String.valueOf(remaining));
        }
    }
}
