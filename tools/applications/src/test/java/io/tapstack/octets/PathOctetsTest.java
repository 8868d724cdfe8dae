package io.tapstack.octets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs in the locale of the tests; {@code NamesIT} has others. */
class PathOctetsTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "caf\u00e9", "\u00c3\u00bc", "%E9", "a b", " ", "\u0001\n", "#?;", "\u00ff\u00fe", "..."})
    void aNameComesBack(final String octets) throws Exception {
        final Path file = directory.resolve(PathOctets.path(octets));
        Files.writeString(file, octets);
        assertThat(PathOctets.name(file)).isEqualTo(octets);
        assertThat(PathOctets.octets(file)).isEqualTo(PathOctets.octets(directory) + '/' + octets);
        assertThat(PathOctets.path(PathOctets.octets(file))).isEqualTo(file);
        try (Stream<Path> found = Files.list(directory)) {
            assertThat(found.map(PathOctets::name).collect(Collectors.toList())).isEqualTo(List.of(octets));
        }
    }

    @Test
    void relativeAndDirectories() throws Exception {
        assertThat(PathOctets.octets(PathOctets.path("../\u00e9/./b"))).isEqualTo("../\u00e9/./b");
        assertThat(PathOctets.path("\u00e9/b").isAbsolute()).isFalse();
        assertThat(PathOctets.octets(Files.createDirectory(directory.resolve("sub"))))
                .endsWith("/sub");
        assertThat(PathOctets.octets(Path.of("/"))).isEqualTo("/");
        assertThat(PathOctets.octets(Path.of("tmp"))).isEqualTo("tmp");
        assertThat(PathOctets.octets(Path.of(""))).isEmpty();
        assertThat(PathOctets.name(Path.of("/"))).isEmpty();
    }

    @Test
    void noNul() {
        assertThatThrownBy(() -> PathOctets.path("\u00e9\0")).isInstanceOf(InvalidPathException.class);
        assertThatThrownBy(() -> PathOctets.path("a\0")).isInstanceOf(InvalidPathException.class);
    }
}
