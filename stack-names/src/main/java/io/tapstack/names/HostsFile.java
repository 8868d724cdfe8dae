package io.tapstack.names;

import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;

/** The names of hosts(5), with the addresses of all lines that have them. Immutable. */
public final class HostsFile {

    /** A file without names. */
    public static final HostsFile EMPTY = new HostsFile(Map.of());

    /** The file of the machine. */
    public static final Path MACHINE = Path.of("/etc/hosts");

    /** A larger file is refused. */
    private static final int MAX_BYTES = 16 << 20;

    private final Map<String, List<IpAddress>> addresses;

    private HostsFile(final Map<String, List<IpAddress>> addresses) {
        this.addresses = Map.copyOf(addresses);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or is larger than 16 MiB
     */
    public static HostsFile read(final Path file) throws IOException {
        return parse(text(file));
    }

    static String text(final Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
            }
            // Some have comments in other encodings, which must not make the rest unreadable.
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Reads the text of a file. As glibc does, it ignores a line whose address makes no sense. */
    public static HostsFile parse(final String text) {
        final Map<String, Set<IpAddress>> found = new LinkedHashMap<>();
        text.lines().forEach(line -> line(line, found));
        final Map<String, List<IpAddress>> addresses = new LinkedHashMap<>();
        found.forEach((name, all) -> addresses.put(name, List.copyOf(all)));
        return new HostsFile(addresses);
    }

    private static void line(final String line, final Map<String, Set<IpAddress>> found) {
        final int comment = line.indexOf('#');
        final StringTokenizer words = new StringTokenizer(comment < 0 ? line : line.substring(0, comment));
        if (!words.hasMoreTokens()) {
            return;
        }
        final IpAddress address;
        try {
            address = IpAddress.parse(words.nextToken());
        } catch (final IllegalArgumentException e) {
            return;
        }
        while (words.hasMoreTokens()) {
            try {
                final String name = HostName.parse(words.nextToken()).text();
                found.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(address);
            } catch (final UnknownHostException e) {
                // A name that cannot be asked for.
            }
        }
    }

    /** The addresses of {@code name}, in the order of the file; none if it is not in there. */
    List<IpAddress> addresses(final HostName name) {
        return addresses.getOrDefault(name.text(), List.of());
    }

    @Override
    public String toString() {
        return addresses.toString();
    }
}
