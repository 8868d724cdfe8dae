package io.tapstack.httpd;

import io.tapstack.octets.Octets;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a server has to offer: it finds what a path names. */
interface Site {

    /** What was found. */
    sealed interface Found permits FoundFile, FoundDirectory, Moved {}

    /**
     * A regular file.
     *
     * @param asked the path that led to it
     * @param path where it really is, without symbolic links
     * @param name what it is called here, an octet string, which tells its type
     * @param state what it was when it was found
     */
    record FoundFile(Path asked, Path path, String name, FileState state) implements Found {}

    /**
     * A directory without an index page.
     *
     * @param path where it really is
     * @param names the octet strings of its path, which lead from the root to it
     */
    record FoundDirectory(Path path, List<String> names) implements Found {

        /** Whether it has no parent to go to. */
        boolean root() {
            return names.isEmpty();
        }

        /** Its path as a person reads it, with slashes at both ends. */
        String title() {
            return root() ? "/" : Octets.readable('/' + String.join("/", names) + '/');
        }
    }

    /**
     * It is elsewhere.
     *
     * @param location the encoded path to ask for instead
     */
    record Moved(String location) implements Found {}

    /**
     * Finds what {@code target} names.
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
