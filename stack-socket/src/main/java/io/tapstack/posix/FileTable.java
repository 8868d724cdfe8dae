package io.tapstack.posix;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of one process: the lowest free one is used next, and 0 to 2 are taken. A call that opens a file
 * reserves its descriptor first, as on Linux, and may wait meanwhile. Any thread may call.
 */
public final class FileTable {

    /** The first descriptor that is free at the start. */
    public static final int FIRST = 3;

    /** Most descriptors at a time: RLIMIT_NOFILE. */
    static final int LIMIT = 65_536;

    private final ReentrantLock lock = new ReentrantLock();
    private final BitSet taken = new BitSet();
    private final BitSet closeOnExec = new BitSet();
    private final Map<Integer, OpenFile> files = new HashMap<>();

    /**
     * Takes the lowest free descriptor, for {@link #fill} or {@link #free}.
     *
     * @return the descriptor, or {@code -EMFILE}
     */
    int reserve() {
        lock.lock();
        try {
            final int lowest = taken.nextClearBit(FIRST);
            if (lowest >= LIMIT) {
                return -LinuxErrno.EMFILE;
            }
            taken.set(lowest);
            return lowest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Opens {@code file} at a descriptor that was {@linkplain #reserve reserved}.
     *
     * @return false if the table was cleared meanwhile
     */
    boolean fill(final int fd, final OpenFile file) {
        lock.lock();
        try {
            if (taken.get(fd)) {
                files.put(fd, file);
            }
            return taken.get(fd);
        } finally {
            lock.unlock();
        }
    }

    /** Frees a descriptor that was reserved. */
    void free(final int fd) {
        lock.lock();
        try {
            taken.clear(fd);
        } finally {
            lock.unlock();
        }
    }

    /** FD_CLOEXEC of an open descriptor. */
    void closeOnExec(final long fd, final boolean on) {
        lock.lock();
        try {
            if (get(fd) != null) {
                closeOnExec.set((int) fd, on);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isCloseOnExec(final long fd) {
        lock.lock();
        try {
            return get(fd) != null && closeOnExec.get((int) fd);
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

    /**
     * Frees the descriptor of an open file.
     *
     * @return the file, or null
     */
    @Nullable
    OpenFile remove(final long fd) {
        lock.lock();
        try {
            final OpenFile file = fd >= FIRST && fd < LIMIT ? files.remove((int) fd) : null;
            if (file != null) {
                taken.clear((int) fd);
                closeOnExec.clear((int) fd);
            }
            return file;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees all descriptors.
     *
     * @return their files
     */
    List<OpenFile> clear() {
        lock.lock();
        try {
            final List<OpenFile> all = new ArrayList<>(files.values());
            files.clear();
            taken.clear();
            closeOnExec.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
