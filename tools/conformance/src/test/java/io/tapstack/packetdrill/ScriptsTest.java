package io.tapstack.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.machine.PlaySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every script in {@code packetdrill/}, played against the stack. A script has to mention every packet. */
class ScriptsTest {

    @TestFactory
    Stream<DynamicNode> scripts() {
        return Scripts.topics().stream()
                .map(topic -> DynamicContainer.dynamicContainer(
                        Scripts.name(topic),
                        Scripts.in(topic).stream()
                                .map(script -> DynamicTest.dynamicTest(
                                        Scripts.name(script), script.toUri(), () -> play(script)))));
    }

    private static void play(final Path script) throws IOException {
        final PlaySettings settings = new PlaySettings(Target.TAPSTACK.toleranceMicros());
        settings.set("unexpected", "fail");
        final String problem = new ScriptRunner(Target.TAPSTACK, settings, Map.of(), line -> {})
                .run(script)
                .orElse("");
        assertThat(problem).isEmpty();
    }

    /** A script is a specification: its first line names the clause. */
    @TestFactory
    Stream<DynamicNode> nameTheirClause() {
        return Scripts.all().stream()
                .map(script -> DynamicTest.dynamicTest(
                        Scripts.name(script),
                        script.toUri(),
                        () -> assertThat(Files.readString(script)).startsWith("// RFC ")));
    }
}
