package io.tapstack.httpd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The file system's facts about a file at some time: while they are the same, it is the same file, with the same bytes,
 * and open to the same users.
 *
 * <p>Size and modification time alone do not show this: {@code cp -p}, {@code rsync -t} and {@code touch -d} set the
 * time to any value, and a new file can have the size of the old one. The status change time (ctime) cannot be set: the
 * kernel advances it at each write, each rename and each change of an attribute (stat(2), utimensat(2)).
 *
 * @param device the file system
 * @param inode the file there; its number may be reused once the file is deleted
 * @param mode type and permissions, as {@code st_mode}
 * @param modified time of the last change of the content, or the value that a user has set
 * @param changed time of the last change of content or attributes
 */
record FileState(long device, long inode, int mode, long size, FileTime modified, FileTime changed) {

    private static final String ATTRIBUTES = "unix:dev,ino,mode,size,lastModifiedTime,ctime";

    // <sys/stat.h>
    private static final int S_IFMT = 0xf000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFDIR = 0x4000;

    /** Two ticks, at 100 Hz, of the clock of kernels without multigrain timestamps (before 6.13). */
    private static final long FINE_MILLIS = 20;

    /** The same for file systems that keep seconds, or as FAT every other second. */
    private static final long COARSE_MILLIS = 2_000;

    /** The state of the file that a path leads to now, by one {@code stat(2)}. */
    static FileState of(final Path path) throws IOException {
        final Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES);
        return new FileState(
                ((Number) value(found, "dev")).longValue(),
                ((Number) value(found, "ino")).longValue(),
                ((Number) value(found, "mode")).intValue(),
                ((Number) value(found, "size")).longValue(),
                (FileTime) value(found, "lastModifiedTime"),
                (FileTime) value(found, "ctime"));
    }

    private static Object value(final Map<String, Object> found, final String name) throws IOException {
        final Object value = found.get(name);
        if (value == null) {
            throw new IOException("the file system does not tell " + name);
        }
        return value;
    }

    boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    boolean isDirectory() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    /** The modification time in whole seconds. */
    long modifiedSecond() {
        return modified.to(TimeUnit.SECONDS);
    }

    /** True if the modification time is that of a write, not one that a user has set. */
    boolean hasTimeOfWrite() {
        return modifiedSecond() == changed.to(TimeUnit.SECONDS);
    }

    /** True if the last change is so long ago that another one would have another time, however coarse the clock is. */
    boolean isSettled(final Instant now) {
        return isOlderThan(hasFineTimes() ? FINE_MILLIS : COARSE_MILLIS, now);
    }

    /** True if the file can become another version with the same times, as its file system counts seconds. */
    boolean isAmbiguous(final Instant now) {
        return !hasFineTimes() && !isOlderThan(COARSE_MILLIS, now);
    }

    private boolean hasFineTimes() {
        return changed.to(TimeUnit.NANOSECONDS) % TimeUnit.MILLISECONDS.toNanos(1) != 0;
    }

    private boolean isOlderThan(final long millis, final Instant now) {
        return changed.toInstant().plusMillis(millis).isBefore(now);
    }
}
