package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.demo.Subprocess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The examples as a project outside the tree: it has the libraries by their coordinates, their versions from the BOM.
 * Maven builds it offline, on a repository of its own with Tapstack's artifacts as files; all others are links to the
 * repository of this build.
 */
@Timeout(120)
class ConsumerIT {

    private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Path REPOSITORY = Path.of(property("tapstack.repository"));
    private static final String VERSION = property("tapstack.version");
    private static final List<String> LIBRARIES = List.of("core", "tap", "socket", "names");
    private static final Duration LIMIT = Duration.ofSeconds(100);

    @TempDir
    private Path directory;

    private Path repository;
    private Path project;

    @BeforeEach
    void makeDirectories() throws IOException {
        repository = Files.createDirectory(directory.resolve("repository"));
        project = Files.createDirectory(directory.resolve("project"));
    }

    private static String property(final String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    @Test
    void buildsAndRuns() throws Exception {
        linkAllBut("io", REPOSITORY, repository);
        linkAllBut("tapstack", REPOSITORY.resolve("io"), Files.createDirectory(repository.resolve("io")));
        install("tapstack", ROOT.resolve("pom.xml"), "pom");
        install("tapstack-bom", ROOT.resolve("stack-bom/pom.xml"), "pom");
        for (final String library : LIBRARIES) {
            final Path module = ROOT.resolve("stack-" + library);
            final String artifact = "tapstack-" + library;
            install(artifact, module.resolve("pom.xml"), "pom");
            install(artifact, module.resolve("target").resolve(artifact + '-' + VERSION + ".jar"), "jar");
        }
        try (InputStream pom = Objects.requireNonNull(getClass().getResourceAsStream("/consumer/pom.xml"))) {
            Files.copy(pom, project.resolve("pom.xml"));
        }
        copyExamples(Files.createDirectories(project.resolve("src/main/java")));

        HostPrograms.run(
                ROOT.resolve("mvnw").toString(),
                "--offline",
                "--batch-mode",
                "--quiet",
                "--file=" + project.resolve("pom.xml"),
                "-Dmaven.repo.local=" + repository,
                "-Dtapstack.version=" + VERSION,
                "-Djspecify.version=" + property("jspecify.version"),
                "-Dcompiler.version=" + property("compiler.version"),
                "-Dresources.version=" + property("resources.version"),
                "compile");
        final Subprocess.Outcome outcome = Subprocess.run(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath(),
                        "io.tapstack.examples.EchoInMemory"),
                LIMIT);
        assertThat(outcome.output()).endsWith("hello\n");
    }

    /** So that JUnit has none to warn about when it deletes the directory. */
    @AfterEach
    void removeLinks() throws IOException {
        final List<Path> links;
        try (Stream<Path> paths = Files.walk(repository)) {
            links = paths.filter(Files::isSymbolicLink).toList();
        }
        for (final Path link : links) {
            Files.delete(link);
        }
    }

    private static void linkAllBut(final String name, final Path from, final Path to) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
            for (final Path entry : entries) {
                if (!entry.getFileName().toString().equals(name)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
                }
            }
        }
    }

    private Path installed(final String artifact, final String extension) {
        return repository.resolve(
                "io/tapstack/" + artifact + '/' + VERSION + '/' + artifact + '-' + VERSION + '.' + extension);
    }

    private void install(final String artifact, final Path file, final String extension) throws IOException {
        final Path target = installed(artifact, extension);
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
    }

    /**
     * All of the module {@code examples}, but for package-info.java, whose annotation is no dependency of a library.
     */
    private static void copyExamples(final Path target) throws IOException {
        final Path folder = ROOT.resolve("examples/src/main/java/io/tapstack/examples");
        try (DirectoryStream<Path> sources = Files.newDirectoryStream(folder, "*.java")) {
            for (final Path source : sources) {
                Files.copy(source, target.resolve(source.getFileName()));
            }
        }
    }

    private String classPath() throws Exception {
        final StringBuilder path =
                new StringBuilder(project.resolve("target/classes").toString());
        for (final String library : LIBRARIES) {
            path.append(':').append(installed("tapstack-" + library, "jar"));
        }
        final Path slf4j = Path.of(LoggerFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return path.append(':').append(slf4j).toString();
    }
}
