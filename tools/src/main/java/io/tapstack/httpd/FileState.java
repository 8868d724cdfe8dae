package io.tapstack.httpd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/**
 * What the file system says of a file at some time: as long as it says the same, it is the same file, with the same bytes, and open to the same
 * users.
 *
 * @param changed the ctime of {@code stat(2)}, which changes with permissions, too
 * @param key device and inode
 */
record FileState(long size, FileTime modified, FileTime changed, Object key) {

    private static final String ATTRIBUTES = "unix:size,lastModifiedTime,ctime,fileKey";

    /** Of the file that a path leads to now, by one {@code stat(2)}. */
    static FileState of(final Path path) throws IOException {
        final Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES);
        return new FileState(
                (Long) get(found, "size"),
                (FileTime) get(found, "lastModifiedTime"),
                (FileTime) get(found, "ctime"),
                get(found, "fileKey"));
    }

    private static Object get(final Map<String, Object> found, final String name) {
        return Objects.requireNonNull(found.get(name), name);
    }

    /** Whether this is what was found before. */
    boolean isStill(final BasicFileAttributes found) {
        return size == found.size() && modified.equals(found.lastModifiedTime()) && key.equals(found.fileKey());
    }
}
