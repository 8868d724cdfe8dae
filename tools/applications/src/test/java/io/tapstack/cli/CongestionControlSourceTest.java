package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.congestion.LossBasedControl;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A congestion control on the class path has a name for {@code --cc}. */
class CongestionControlSourceTest {

    @TempDir
    private Path classPath;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    /** As an application packages it. */
    public static final class Source implements CongestionControlSource {

        @Override
        public CongestionControls addTo(final CongestionControls controls) {
            return controls.with("patient", Patient::new);
        }
    }

    private static final class Patient extends LossBasedControl {

        @Override
        public String name() {
            return "patient";
        }

        @Override
        protected int congestionAvoidance(final AckSample ack) {
            return 0;
        }

        @Override
        protected int reduced(final int flight) {
            return 2 * mss();
        }
    }

    @BeforeEach
    void putOnClassPath() throws Exception {
        final Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
        Files.writeString(services.resolve(CongestionControlSource.class.getName()), Source.class.getName());
        Thread.currentThread()
                .setContextClassLoader(
                        new URLClassLoader(new URL[] {classPath.toUri().toURL()}, before));
    }

    @AfterEach
    void takeOffClassPath() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void hasAName() {
        assertThat(CongestionControlSource.all().names()).contains("cubic", "patient");
        assertThat(new Converters.ForCongestionControl().convert("Patient")).isEqualTo("patient");
        assertThat(new LinkOptions.CongestionControlNames()).contains("patient", "reno");
    }

    @Test
    void isUnknownWithoutTheSource() {
        takeOffClassPath();
        assertThat(CongestionControlSource.all().names()).isEqualTo(CongestionControls.BUILT_IN.names());
    }
}
