package io.tapstack.octets;

import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths by their octets. A {@link Path} of the JDK on Unix is octets inside, but its conversions from and to a string
 * use the locale's encoding, and lose the other octets: all but ASCII with {@code LANG=C}, and Latin-1 names with
 * UTF-8. Its URI form has each octet.
 */
public final class PathOctets {

    private static final Path ROOT = Path.of("/");
    private static final String HEX = "0123456789ABCDEF";

    private PathOctets() {}

    /**
     * The path of an octet string.
     *
     * @throws InvalidPathException if it has a NUL, which no path can have
     */
    public static Path path(final String octets) {
        if (octets.indexOf('\0') >= 0) {
            throw new InvalidPathException(octets, "NUL");
        }
        if (isAscii(octets)) {
            return Path.of(octets); // every encoding of a Unix system has ASCII
        }
        final StringBuilder uri = new StringBuilder(octets.length() * 2).append("file:///");
        for (int i = 0; i < octets.length(); i++) {
            final char c = octets.charAt(i);
            if (c == '/') {
                uri.append(c);
            } else {
                uri.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
        }
        final Path absolute = Path.of(URI.create(uri.toString()));
        return octets.startsWith("/") ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    /**
     * The path of an octet string that is absolute or begins at the working directory. The JDK has that directory as a
     * string, too, which may be wrong.
     */
    public static Path inWorkingDirectory(final String octets) throws IOException {
        final Path path = path(octets);
        final Path real = Path.of("/proc/self/cwd").toRealPath();
        return path.isAbsolute() || real.equals(Path.of("").toAbsolutePath()) ? path : real.resolve(path);
    }

    /** A path for people to read, see {@link Octets#readable}. */
    public static String readable(final Path path) {
        return Octets.readable(octets(path));
    }

    /** The octet string of a path's last name; nothing for the root. */
    public static String name(final Path path) {
        final Path name = path.getFileName();
        return name == null ? "" : octets(name);
    }

    /** The octet string of a path, relative or absolute. */
    public static String octets(final Path path) {
        if (path.toString().isEmpty()) {
            return "";
        }
        // A relative path begins at the root here, so that the result does not depend on the working directory, which
        // the JDK has as a string.
        final String uri = ROOT.resolve(path).toUri().getRawPath();
        final StringBuilder octets = new StringBuilder(uri.length());
        for (int i = path.isAbsolute() ? 0 : 1; i < uri.length(); i++) {
            final char c = uri.charAt(i);
            if (c == '%') {
                octets.append((char) Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                octets.append(c);
            }
        }
        // The JDK asks the file system, and adds a slash to a directory.
        final int last = octets.length() - 1;
        if (last > 0 && octets.charAt(last) == '/') {
            octets.setLength(last);
        }
        return octets.toString();
    }

    private static boolean isAscii(final String octets) {
        return octets.chars().allMatch(c -> c < 0x80);
    }
}
