package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.demo.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The artifact {@code tapstack-names} as others get it: dnsjava is inside under another name, and the JVM's own
 * resolver stays what it is. dnsjava itself replaces it on JDK 18 and newer.
 */
@Timeout(60)
class ResolverJarIT {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final String VERSION = Objects.requireNonNull(System.getProperty("tapstack.version"));

    /** Prints the resolvers that the JVM would take from the class path, and an address that our resolver finds. */
    private static final String PROGRAM = """
            import io.tapstack.names.*;
            import io.tapstack.network.*;
            import java.util.ServiceLoader;

            public class Resolvers {
                public static void main(String[] args) throws Exception {
                    int found = 0;
                    try {
                        Class<?> service = Class.forName("java.net.spi.InetAddressResolverProvider");
                        for (Object provider : ServiceLoader.load(service)) {
                            System.out.println(provider);
                            found++;
                        }
                    } catch (ClassNotFoundException e) {
                        // JDK 17
                    }
                    System.out.println(found + " resolvers of the JVM");
                    System.out.println(java.net.InetAddress.getByName("localhost").isLoopbackAddress());
                    ResolverConfig config = ResolverConfig.of(io.tapstack.wire.IpAddress.parse("10.0.0.1")).withAttempts(1);
                    try (MemoryNetwork network = MemoryNetwork.inRealTime();
                            Host server = network.host("server").address("10.0.0.1/24").start();
                            Host client = network.host("client").address("10.0.0.2/24")
                                    .resolver(StubResolver.with(config)).start()) {
                        client.resolver().resolve("www.example.com");
                    } catch (java.net.UnknownHostException e) {
                        System.out.println(e.getMessage());
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    private static Path jar(final String library) {
        return ROOT.resolve("stack-" + library + "/target/tapstack-" + library + '-' + VERSION + ".jar");
    }

    @Test
    void containsNoServicesAndNothingOfOthers() throws IOException {
        try (JarFile jar = new JarFile(jar("names").toFile())) {
            final List<String> files = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .toList();
            assertThat(files)
                    .contains("module-info.class", "io/tapstack/names/dnsjava/Message.class")
                    .noneMatch(name -> name.startsWith("META-INF/services/"))
                    .allMatch(name -> name.startsWith("META-INF/")
                            || name.startsWith("io/tapstack/names/")
                            || name.equals("module-info.class"));
        }
    }

    @Test
    void leavesTheResolverOfTheJvmAlone() throws Exception {
        final Path program = directory.resolve("Resolvers.java");
        Files.writeString(program, PROGRAM);
        final Path slf4j = Path.of(LoggerFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        final Subprocess.Outcome outcome = Subprocess.run(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        jar("names") + ":" + jar("socket") + ":" + jar("core") + ":" + slf4j,
                        program.toString()),
                Duration.ofSeconds(50));
        // Between them SLF4J may say that it has no provider.
        assertThat(outcome.output())
                .contains("0 resolvers of the JVM\ntrue\n")
                .endsWith("www.example.com: 10.0.0.1:53: connection refused\n");
    }
}
