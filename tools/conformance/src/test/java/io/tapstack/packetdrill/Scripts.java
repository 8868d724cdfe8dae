package io.tapstack.packetdrill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The scripts among the test resources: {@code packetdrill/TOPIC/*.pkt}. */
public final class Scripts {

    private Scripts() {}

    /** The folders. */
    public static List<Path> topics() {
        return list(named(""));
    }

    /** A script by its name, {@code TOPIC/NAME.pkt}. */
    public static Path named(final String name) {
        final URL file = Objects.requireNonNull(Scripts.class.getResource("/packetdrill/" + name), name);
        try {
            return Path.of(file.toURI());
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The scripts of one folder. */
    public static List<Path> in(final Path topic) {
        return list(topic);
    }

    /** All scripts. */
    public static List<Path> all() {
        return topics().stream().flatMap(topic -> in(topic).stream()).toList();
    }

    /** The last part of a path. */
    public static String name(final Path path) {
        return Objects.requireNonNull(path.getFileName()).toString();
    }

    private static List<Path> list(final Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
