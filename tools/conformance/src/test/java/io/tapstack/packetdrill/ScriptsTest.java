package io.tapstack.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.script.AddressMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every script in {@code packetdrill/}, played against the stack over IPv4 and over IPv6, and those of some topics with
 * IPv4-mapped addresses, as far as its options {@code ip_version} and {@code ip_versions} allow. A script has to
 * mention every packet.
 */
class ScriptsTest {

    /** Where a socket of AF_INET6 may make a difference to an IPv4 peer. */
    private static final Set<String> MAPPED =
            Set.of("fast-open", "icmp", "ipv6", "messages", "open", "readiness", "syn-cookies", "udp");

    @TestFactory
    Stream<DynamicNode> scripts() {
        return Scripts.topics().stream()
                .map(topic -> DynamicContainer.dynamicContainer(
                        Scripts.name(topic), Scripts.in(topic).stream().flatMap(ScriptsTest::tests)));
    }

    private static Stream<DynamicTest> tests(final Path script) {
        final String topic = Scripts.name(Objects.requireNonNull(script.getParent()));
        return Scripts.modes(script).stream()
                .filter(mode -> mode != AddressMode.IPV4_MAPPED_IPV6 || MAPPED.contains(topic))
                .sorted()
                .map(mode -> DynamicTest.dynamicTest(
                        Scripts.name(script) + ' ' + mode, script.toUri(), () -> play(script, mode)));
    }

    private static void play(final Path script, final AddressMode mode) throws IOException {
        final PlaySettings settings = Scripts.settings(script, mode, Target.TAPSTACK.toleranceMicros());
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
