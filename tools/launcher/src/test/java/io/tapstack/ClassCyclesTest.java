package io.tapstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The rule of docs/architecture.md on cycles of classes, for all modules; ArchitectureTest has it for the core. */
class ClassCyclesTest {

    @Test
    void noCycleIsLong() {
        final var classes = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/")
                        && !location.contains("/tests/")
                        && !location.contains("-tests.jar")
                        // A library inside the jar of names.
                        && !location.contains("/names/dnsjava/"))
                .importPackages("io.tapstack");
        assertThat(classes.contain("io.tapstack.socket.StreamSocket")).isTrue();
        assertThat(classes.contain("io.tapstack.cli.Main")).isTrue();
        assertThat(ClassCycles.of(classes))
                .allSatisfy(cycle -> assertThat(cycle).hasSizeLessThanOrEqualTo(ClassCycles.LONGEST));
    }
}
