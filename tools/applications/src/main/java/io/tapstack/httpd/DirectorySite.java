package io.tapstack.httpd;

import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A directory tree. Symbolic links are followed while they stay inside; a user who can change the tree is trusted not
 * to swap a directory for a link between the check and the opening.
 */
final class DirectorySite implements Site {

    private static final String INDEX = "index.html";

    private final Path root;

    /** @param root a real path */
    DirectorySite(final Path root) {
        this.root = root;
    }

    @Override
    public Found find(final RequestTarget target) throws IOException {
        final Path asked = join(target);
        final Path real = inside(asked);
        final FileState state = FileLookup.state(real);
        if (!state.isDirectory()) {
            if (target.directory()) {
                throw FileLookup.notFound(); // "file/" names something in a directory
            }
            return FileLookup.regularFile(asked, real, target.lastName(), state);
        }
        if (!target.directory()) {
            // Relative links in the page are resolved against the address, so it has to end with a slash.
            return new Moved(target.asDirectory());
        }
        final Path index = real.resolve(INDEX);
        if (Files.isRegularFile(index)) {
            return FileLookup.regularFile(asked.resolve(INDEX), inside(index), INDEX);
        }
        return new FoundDirectory(real, target.names());
    }

    private Path join(final RequestTarget target) throws RequestRefused {
        try {
            return root.resolve(PathOctets.path(String.join("/", target.names())));
        } catch (final InvalidPathException e) {
            throw FileLookup.notFound();
        }
    }

    private Path inside(final Path path) throws IOException {
        final Path real = FileLookup.realPath(path);
        if (!real.startsWith(root)) {
            throw FileLookup.forbidden();
        }
        return real;
    }
}
