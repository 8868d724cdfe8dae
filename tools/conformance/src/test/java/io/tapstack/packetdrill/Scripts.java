package io.tapstack.packetdrill;

import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.script.AddressMode;
import io.tapstack.packetdrill.script.ScriptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

    /** The modes that a script is for. */
    public static Set<AddressMode> modes(final Path script) {
        try {
            return ScriptRunner.modes(Files.readString(script));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final ScriptException e) {
            throw new IllegalStateException(e.describe(script.toString()), e);
        }
    }

    /**
     * Settings for a script in a mode. The header of IPv6 is 20 bytes longer: with an MTU that is 20 larger, a script
     * of both versions has the same segments.
     */
    public static PlaySettings settings(final Path script, final AddressMode mode, final long toleranceMicros) {
        final PlaySettings settings = new PlaySettings(toleranceMicros);
        settings.set("ip_version", mode.toString());
        settings.set("mtu", mode.hasIpv6Packets() && modes(script).size() > 1 ? "1520" : "1500");
        return settings;
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
