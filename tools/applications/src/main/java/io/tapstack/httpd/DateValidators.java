package io.tapstack.httpd;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides whether the Last-Modified date of a file is a strong validator (RFC 9110 section 8.8.2.2): not if this server
 * has given another version of the file the same date, as after a {@code cp -p} over it. It remembers the files
 * requested last. Safe for use by several threads.
 */
final class DateValidators {

    private static final int CAPACITY = 4096;

    private record Seen(FileState state, boolean ambiguous) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Seen> files = new LinkedHashMap<>(16, 0.75f, true);
    private boolean hasForgotten;

    /**
     * Notes a response about a file.
     *
     * @return true if its date stands for this version alone
     */
    boolean isStrong(final Path path, final FileState state) {
        lock.lock();
        try {
            final Seen before = files.get(path);
            if (before != null && before.state.equals(state)) {
                return !before.ambiguous;
            }
            // The dates sent for a forgotten file are unknown; a date that the kernel made is strong in any case.
            final boolean ambiguous = before == null
                    ? hasForgotten && !state.hasTimeOfWrite()
                    : before.state.modifiedSecond() == state.modifiedSecond();
            files.put(path, new Seen(state, ambiguous));
            if (files.size() > CAPACITY) {
                files.remove(files.keySet().iterator().next());
                hasForgotten = true;
            }
            return !ambiguous;
        } finally {
            lock.unlock();
        }
    }
}
