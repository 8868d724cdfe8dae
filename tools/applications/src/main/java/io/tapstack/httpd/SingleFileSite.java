package io.tapstack.httpd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One file, at {@code /} and at {@code /name}. */
final class SingleFileSite implements Site {

    private final Path file;
    private final String name;

    SingleFileSite(final Path file, final String name) {
        this.file = file;
        this.name = name;
    }

    @Override
    public Found find(final RequestTarget target) throws IOException {
        final boolean named = target.names().equals(List.of(name)) && !target.directory();
        if (!named && !target.names().isEmpty()) {
            throw FileLookup.notFound();
        }
        return FileLookup.regularFile(file, file, name);
    }
}
