package io.tapstack.httpd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * What the file system says of a file at some time: as long as it says the same, it is the same file, with the same bytes, and open to the same
 * users.
 *
 * @param key device and inode
 */
record FileState(long size, FileTime modified, Object key, Set<PosixFilePermission> permissions) {

    /** Of the file that a path leads to now, by one {@code stat(2)}. */
    static FileState of(final Path path) throws IOException {
        final PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class);
        return new FileState(found.size(), found.lastModifiedTime(), found.fileKey(), found.permissions());
    }

    /** Whether this is what was found before. */
    boolean isStill(final BasicFileAttributes found) {
        return size == found.size() && modified.equals(found.lastModifiedTime()) && key.equals(found.fileKey());
    }
}
