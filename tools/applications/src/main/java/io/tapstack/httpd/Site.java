package io.tapstack.httpd;

import io.tapstack.octets.Octets;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The contents of a server: finds the file of a path. */
interface Site {

    /** The result of a look-up. */
    sealed interface Found permits FoundFile, FoundDirectory, Moved {}

    /**
     * A regular file.
     *
     * @param asked the requested path
     * @param path its real path, without symbolic links
     * @param name its name here, an octet string, which decides its type
     * @param state at the time of the look-up
     */
    record FoundFile(Path asked, Path path, String name, FileState state) implements Found {}

    /**
     * A directory without an index page.
     *
     * @param path its real path
     * @param names the octet strings of its path, from the root on
     */
    record FoundDirectory(Path path, List<String> names) implements Found {

        /** True if it has no parent to go to. */
        boolean root() {
            return names.isEmpty();
        }

        /** Its path for people, with slashes at both ends. */
        String title() {
            return root() ? "/" : Octets.readable('/' + String.join("/", names) + '/');
        }
    }

    /**
     * A file at another address.
     *
     * @param location the encoded path to request instead
     */
    record Moved(String location) implements Found {}

    /**
     * Finds the file of {@code target}.
     *
     * @throws RequestRefused with 403 or 404
     */
    Found find(RequestTarget target) throws IOException;

    /** A site of one directory tree, or of one file. */
    static Site of(final Path directoryOrFile) throws IOException {
        final Path real = directoryOrFile.toRealPath();
        if (Files.isDirectory(real)) {
            return new DirectorySite(real);
        }
        return new SingleFileSite(real, PathOctets.name(directoryOrFile));
    }
}
