package io.tapstack.integration;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of {@link TestBytes}.
 *
 * @param sha256 in hexadecimal
 */
record TestFile(Path path, long size, String sha256) {

    /** Writes a file with the sequence's first bytes. */
    static TestFile write(final Path path, final long size) throws IOException {
        return write(path, 0, size);
    }

    /** Writes a file with the sequence's bytes from {@code position} on. */
    static TestFile write(final Path path, final long position, final long size) throws IOException {
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
            return new TestFile(path, size, TestBytes.write(out, position, size).sha256());
        }
    }

    String name() {
        return path.getFileName().toString();
    }
}
