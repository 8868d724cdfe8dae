package io.tapstack.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The descriptors of one process: the lowest free one is the next, and 0 to 2 are taken. Any thread may call. */
public final class FileTable {

    /** The first descriptor that is free at the start. */
    public static final int FIRST = 3;

    /** So many at a time: RLIMIT_NOFILE. */
    static final int LIMIT = 65_536;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Integer, OpenFile> files = new TreeMap<>();

    // No descriptor below this one is free.
    private int lowest = FIRST;

    /** @return the descriptor, or {@code -EMFILE} */
    int open(final OpenFile file) {
        lock.lock();
        try {
            while (files.containsKey(lowest)) {
                lowest++;
            }
            if (lowest >= LIMIT) {
                return -LinuxErrno.EMFILE;
            }
            files.put(lowest, file);
            return lowest;
        } finally {
            lock.unlock();
        }
    }

    /** True if no descriptor is free. */
    boolean isFull() {
        lock.lock();
        try {
            return files.size() >= LIMIT - FIRST;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    OpenFile get(final long fd) {
        lock.lock();
        try {
            return fd >= FIRST && fd < LIMIT ? files.get((int) fd) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Frees the descriptor. @return what it stood for, or null */
    @Nullable
    OpenFile remove(final long fd) {
        lock.lock();
        try {
            if (fd < FIRST || fd >= LIMIT) {
                return null;
            }
            final OpenFile file = files.remove((int) fd);
            if (file != null) {
                lowest = Math.min(lowest, (int) fd);
            }
            return file;
        } finally {
            lock.unlock();
        }
    }

    /** Frees all. @return what they stood for */
    List<OpenFile> clear() {
        lock.lock();
        try {
            final List<OpenFile> all = new ArrayList<>(files.values());
            files.clear();
            lowest = FIRST;
            return all;
        } finally {
            lock.unlock();
        }
    }
}
