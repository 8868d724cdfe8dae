package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Open, mapped files that all connections share; the least recently used one is evicted first. An entry is valid only
 * while the file at its path is in the state in which it was opened. Safe for use by several threads.
 */
final class MappingCache implements AutoCloseable {

    private record Entry(MappedFile file, FileState state) {}

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    /** @param capacity most files that are kept open without a user */
    MappingCache(final int capacity) {
        this.capacity = capacity;
    }

    /**
     * The file that was found at {@code path}. The caller closes it after use.
     *
     * @return empty if the path leads to another one by now, or the file has changed
     */
    Optional<MappedFile> acquire(final Path path, final FileState found) throws IOException {
        lock.lock();
        try {
            final Entry known = entries.get(path);
            if (known != null && known.state.equals(found) && !known.file.hasFailed() && known.file.retain()) {
                return Optional.of(known.file);
            }
        } finally {
            lock.unlock();
        }
        // Two threads may open the same file at the same time: then the cache keeps the later one.
        final MappedFile file = MappedFile.open(path);
        try {
            // The opened file may differ from the found one, and the caller's validators would be those of the other.
            if (file.size() == found.size() && found.equals(FileState.of(path))) {
                remember(path, new Entry(file, found));
                return Optional.of(file);
            }
        } catch (final IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        file.close();
        return Optional.empty();
    }

    private void remember(final Path path, final Entry entry) throws IOException {
        final List<Entry> dropped = new ArrayList<>(2);
        lock.lock();
        try {
            if (closed || !entry.file.retain()) {
                return;
            }
            final Entry before = entries.put(path, entry);
            if (before != null) {
                dropped.add(before);
            }
            final Iterator<Entry> eldest = entries.values().iterator();
            while (entries.size() > capacity) {
                dropped.add(eldest.next());
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
        release(dropped);
    }

    /**
     * Evicts the files whose paths lead to another version by now, or nowhere.
     *
     * @return true if any of their paths leads to another file or to none: then the mapping may be all that still holds
     *     its space
     */
    boolean giveUpChanged() throws IOException {
        final Map<Path, Entry> known;
        lock.lock();
        try {
            known = new HashMap<>(entries);
        } finally {
            lock.unlock();
        }
        known.entrySet()
                .removeIf(each ->
                        isCurrent(each.getKey(), each.getValue())); // Without the lock: a file system may be slow.
        final List<Path> paths = new ArrayList<>();
        final List<Entry> dropped = new ArrayList<>();
        lock.lock();
        try {
            known.forEach((path, entry) -> {
                if (entries.remove(path, entry)) {
                    paths.add(path);
                    dropped.add(entry);
                }
            });
        } finally {
            lock.unlock();
        }
        release(dropped);
        boolean deleted = false;
        for (int i = 0; i < paths.size(); i++) {
            deleted |= isDeleted(paths.get(i), dropped.get(i));
        }
        return deleted;
    }

    /** Evicts all files; those in use close after their use. */
    @Override
    public void close() throws IOException {
        final List<Entry> dropped;
        lock.lock();
        try {
            closed = true;
            dropped = new ArrayList<>(entries.values());
            entries.clear();
        } finally {
            lock.unlock();
        }
        release(dropped);
    }

    private static boolean isCurrent(final Path path, final Entry entry) {
        try {
            return entry.state.equals(FileState.of(path));
        } catch (final IOException e) {
            return false;
        }
    }

    private static boolean isDeleted(final Path path, final Entry entry) {
        try {
            final FileState now = FileState.of(path);
            return now.inode() != entry.state.inode() || now.device() != entry.state.device();
        } catch (final IOException e) {
            return true;
        }
    }

    private static void release(final List<Entry> dropped) throws IOException {
        for (final Entry entry : dropped) {
            entry.file.close();
        }
    }
}
