package io.tapstack.http.client;

import io.tapstack.http.client.DownloadFailure.Kind;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.LinkOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * A file. Its modification time is set to the server's date, as wget does: that is how an interrupted download knows later
 * which version it was of.
 */
public final class FileSink implements Sink {

    private final Path file;

    /** @throws DownloadFailure if it is clear already that the file cannot be written */
    public FileSink(final Path file) throws DownloadFailure {
        final Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new DownloadFailure(Kind.OUTPUT, file + " is a directory: name a file with -o");
        }
        if (parent == null || !Files.isDirectory(parent)) {
            throw new DownloadFailure(
                    Kind.OUTPUT, "there is no directory " + parent + ": create it or choose another -o");
        }
        if (!Files.isWritable(Files.exists(file) ? file : parent)) {
            throw new DownloadFailure(Kind.OUTPUT, "no permission to write " + file + ": choose another -o");
        }
        this.file = file;
    }

    /**
     * A file of this name, or of this name and a number: one that does not exist yet.
     *
     * @param name an octet string
     */
    public static Path unused(final String name) {
        Path path = PathOctets.path(name);
        for (int i = 1; Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
            path = PathOctets.path(name + '.' + i);
        }
        return path;
    }

    @Override
    public long existingBytes() throws IOException {
        return Files.isRegularFile(file) ? Files.size(file) : 0;
    }

    @Override
    public Optional<Instant> existingDate() throws IOException {
        return existingBytes() == 0
                ? Optional.empty()
                : Optional.of(Files.getLastModifiedTime(file).toInstant());
    }

    @Override
    public OutputStream open(final boolean append) throws IOException {
        return append
                ? Files.newOutputStream(file, StandardOpenOption.APPEND)
                : Files.newOutputStream(file); // creates or truncates
    }

    @Override
    public void date(final Instant lastModified) throws IOException {
        if (Files.isRegularFile(file)) {
            Files.setLastModifiedTime(file, FileTime.from(lastModified));
        }
    }
}
