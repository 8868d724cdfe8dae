package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The host's own batching for a TAP without offload; {@link DownloadIT} and others show that bulk transfers work with
 * it.
 */
class HostBatchingIT {

    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final TapConfig PLAIN = TapConfig.named("batching0").withoutOffload();

    @BeforeAll
    static void sysfsMustShowThisNamespace() throws IOException {
        try (TapDevice tap = TapDevice.open(PLAIN.withoutHostBatching())) {
            assumeTrue(Files.exists(INTERFACES.resolve(tap.name())), "sysfs cannot be mounted here");
        }
    }

    @Test
    void isOnWithoutOffload() throws IOException {
        try (TapDevice tap = TapDevice.open(PLAIN)) {
            assertThat(setting(tap, "threaded")).isEqualTo("1");
            assertThat(setting(tap, "gro_flush_timeout")).isEqualTo("20000");
        }
    }

    @Test
    void canBeLeftOut() throws IOException {
        try (TapDevice tap = TapDevice.open(PLAIN.withoutHostBatching())) {
            assertThat(setting(tap, "threaded")).isEqualTo("0");
        }
    }

    @Test
    void isNotForSuperSegments() throws IOException {
        try (TapDevice tap = TapDevice.open(TapConfig.named("batching0"))) {
            assertThat(setting(tap, "threaded")).isEqualTo("0");
        }
    }

    private static String setting(final TapDevice tap, final String name) throws IOException {
        return Files.readString(INTERFACES.resolve(tap.name()).resolve(name)).strip();
    }
}
