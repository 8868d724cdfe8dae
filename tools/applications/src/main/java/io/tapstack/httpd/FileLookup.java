package io.tapstack.httpd;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Looks up files; failures are those of HTTP. */
final class FileLookup {

    private FileLookup() {}

    static Site.FoundFile regularFile(final Path asked, final Path path, final String name) throws IOException {
        return regularFile(asked, path, name, state(path));
    }

    static Site.FoundFile regularFile(final Path asked, final Path path, final String name, final FileState state)
            throws RequestRefused {
        if (!state.isRegularFile()) {
            throw forbidden(); // opening a pipe or a device could block, or have an effect
        }
        return new Site.FoundFile(asked, path, name, state);
    }

    static FileState state(final Path path) throws IOException {
        try {
            return FileState.of(path);
        } catch (final FileSystemException e) {
            throw refusal(e);
        }
    }

    /** The path without symbolic links. */
    static Path realPath(final Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (final FileSystemException e) {
            throw refusal(e);
        }
    }

    /** Absent, too long a name, a file used as a directory, a loop of links: in each case there is no such file. */
    static RequestRefused refusal(final FileSystemException e) {
        return e instanceof AccessDeniedException ? forbidden() : notFound();
    }

    static RequestRefused notFound() {
        return RequestRefused.of(HttpStatus.NOT_FOUND, "no such file");
    }

    static RequestRefused forbidden() {
        return RequestRefused.of(HttpStatus.FORBIDDEN, "this may not be read");
    }
}
