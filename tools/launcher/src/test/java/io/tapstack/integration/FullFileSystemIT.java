package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.httpd.ServeMethod;
import io.tapstack.httpd.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file with holes on a full tmpfs: there is no page to map for a hole, so touching the mapping there is a fault, for
 * the kernel EFAULT; {@code read(2)} has the zeros. The client gets the whole file.
 */
@Timeout(60)
class FullFileSystemIT {

    private static final int MEBIBYTES = 5;

    @TempDir
    private Path directory;

    @BeforeEach
    void fill() throws Exception {
        HostPrograms.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory.toString());
        HostPrograms.script("cd " + directory + "; printf begin >file; truncate -s " + MEBIBYTES + "M file\n"
                + "printf middle | dd of=file bs=1 seek=2000001 conv=notrunc status=none\n"
                + "printf end >>file\n"
                + "dd if=/dev/zero of=rest bs=4k status=none 2>/dev/null || true");
        assertThat(Files.getFileStore(directory).getUsableSpace()).isZero();
    }

    @AfterEach
    void unmount() throws Exception {
        // The garbage collector frees mappings: they may still be there.
        HostPrograms.run("umount", "--lazy", directory.toString());
    }

    static Stream<Arguments> allWays() {
        return Stream.of(ServeMethod.values())
                .flatMap(method -> Stream.of(Offload.values()).map(offload -> Arguments.of(method, offload)));
    }

    @ParameterizedTest
    @MethodSource("allWays")
    void holes(final ServeMethod method, final Offload offload) throws Exception {
        final String expected = HostPrograms.run(
                        "sha256sum", directory.resolve("file").toString())
                .split(" ", 2)[0];
        try (TestNetwork network = TestNetwork.open(offload)) {
            network.serve(directory, ServerConfig.standard().withMethod(method));
            for (int i = 0; i < 2; i++) {
                assertThat(HostPrograms.script("curl -sS --fail --max-time 20 " + network.url("file") + " | sha256sum"))
                        .startsWith(expected);
            }
            assertThat(HostPrograms.script("curl -sS --fail --max-time 20 -r 1999998-2000008 " + network.url("file")
                            + " | tr '\\0' 0"))
                    .isEqualTo("000middle00");
            assertThat(network.drops(DropReason.LINK_ERROR)).isZero();
        }
    }
}
