package io.tapstack.http.client;

import io.tapstack.http.client.DownloadFailure.Kind;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A file. Its modification time is set to the server's date, as by wget, and the entity tag is kept in an extended
 * attribute: both tell a later download the version of the bytes.
 */
public final class FileSink implements Sink {

    /** {@code user.tapstack.etag}: the modification time in nanoseconds and the tag that the bytes had then. */
    private static final String TAG = "tapstack.etag";

    private final Path file;

    /** @throws DownloadFailure if it is already clear that the file cannot be written */
    public FileSink(final Path file) throws DownloadFailure {
        final Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new DownloadFailure(Kind.OUTPUT, PathOctets.readable(file) + " is a directory: name a file with -o");
        }
        if (parent == null || !Files.isDirectory(parent)) {
            throw new DownloadFailure(
                    Kind.OUTPUT,
                    "there is no directory " + (parent == null ? "" : PathOctets.readable(parent))
                            + ": create it or choose another -o");
        }
        if (!Files.isWritable(Files.exists(file) ? file : parent)) {
            throw new DownloadFailure(
                    Kind.OUTPUT, "no permission to write " + PathOctets.readable(file) + ": choose another -o");
        }
        this.file = file;
    }

    /**
     * A name that is not in use: this one, or this one with a number.
     *
     * @param name an octet string
     */
    public static Path unused(final String name) throws IOException {
        Path path = PathOctets.inWorkingDirectory(name);
        for (int i = 1; Files.exists(path, LinkOption.NOFOLLOW_LINKS); i++) {
            path = PathOctets.inWorkingDirectory(name + '.' + i);
        }
        return path;
    }

    @Override
    public long existingBytes() throws IOException {
        return Files.isRegularFile(file) ? Files.size(file) : 0;
    }

    @Override
    public Version existingVersion() throws IOException {
        if (existingBytes() == 0) {
            return Version.UNKNOWN;
        }
        final FileTime modified = Files.getLastModifiedTime(file);
        final Instant date = modified.toInstant().truncatedTo(ChronoUnit.SECONDS);
        // A later change of the file has changed its time as well: then the tag belongs to other bytes.
        final Optional<String> tag = readTag()
                .filter(text -> text.startsWith(modified.to(TimeUnit.NANOSECONDS) + " "))
                .map(text -> text.substring(text.indexOf(' ') + 1));
        return new Version(tag, Optional.of(date));
    }

    @Override
    public OutputStream open(final boolean append) throws IOException {
        return append
                ? Files.newOutputStream(file, StandardOpenOption.APPEND)
                : Files.newOutputStream(file); // creates or truncates
    }

    @Override
    public void remember(final Version version) throws IOException {
        if (!Files.isRegularFile(file)) {
            return;
        }
        if (version.date().isPresent()) {
            Files.setLastModifiedTime(file, FileTime.from(version.date().get()));
        }
        final long modifiedNanos = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
        writeTag(version.tag().map(tag -> modifiedNanos + " " + tag));
    }

    private Optional<String> readTag() {
        try {
            final UserDefinedFileAttributeView attributes = attributes();
            final ByteBuffer bytes = ByteBuffer.allocate(attributes.size(TAG));
            attributes.read(TAG, bytes);
            return Optional.of(new String(bytes.array(), StandardCharsets.ISO_8859_1));
        } catch (final IOException | UnsupportedOperationException e) {
            return Optional.empty(); // no tag, or a file system without such attributes
        }
    }

    private void writeTag(final Optional<String> tag) {
        try {
            if (tag.isPresent()) {
                attributes().write(TAG, ByteBuffer.wrap(tag.get().getBytes(StandardCharsets.ISO_8859_1)));
            } else if (readTag().isPresent()) {
                attributes().delete(TAG);
            }
        } catch (final IOException | UnsupportedOperationException e) {
            // Without it the date is used.
        }
    }

    private UserDefinedFileAttributeView attributes() {
        final UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        if (view == null) {
            throw new UnsupportedOperationException("no extended attributes");
        }
        return view;
    }
}
