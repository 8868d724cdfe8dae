package io.tapstack.names;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of earlier questions, for as long as their TTLs allow (RFC 1035 7.4, RFC 2308). Bounded: of more, the
 * one that was not used for the longest time is dropped. Any thread may call.
 */
final class NameCache {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** A longer TTL counts as this one: a mistake in a zone should not be kept for years. */
    private static final long MAX_TTL_SECONDS = 86_400;

    /** RFC 2308 5: one to three hours are good values. */
    private static final long MAX_NEGATIVE_TTL_SECONDS = 10_800;

    /** RFC 2308 7 and RFC 9520 allow five minutes; a server that restarts is back sooner. */
    private static final long FAILURE_TTL_SECONDS = 5;

    private record CachedOutcome(Outcome outcome, long expiresNanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Question, CachedOutcome> entries;

    NameCache(final int size) {
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(final Map.Entry<Question, CachedOutcome> eldest) {
                return size() > size;
            }
        };
    }

    /** The outcome of {@code question} with the rest of its time, or null if it has to be asked. */
    @Nullable
    Outcome get(final Question question, final long now) {
        lock.lock();
        try {
            final CachedOutcome entry = entries.get(question);
            if (entry == null) {
                return null;
            }
            if (entry.expiresNanos - now <= 0) {
                entries.remove(question);
                return null;
            }
            return entry.outcome.withTtlSeconds((entry.expiresNanos - now) / NANOS_PER_SECOND);
        } finally {
            lock.unlock();
        }
    }

    void put(final Question question, final Outcome outcome, final long now) {
        final long seconds = ttlSeconds(outcome);
        if (seconds <= 0) {
            return;
        }
        lock.lock();
        try {
            entries.put(question, new CachedOutcome(outcome, now + seconds * NANOS_PER_SECOND));
        } finally {
            lock.unlock();
        }
    }

    private static long ttlSeconds(final Outcome outcome) {
        return switch (outcome.kind()) {
            case FOUND -> Math.min(outcome.ttlSeconds(), MAX_TTL_SECONDS);
            case NO_NAME, NO_DATA -> Math.min(outcome.ttlSeconds(), MAX_NEGATIVE_TTL_SECONDS);
            case SERVER_FAILURE -> FAILURE_TTL_SECONDS;
            // The next try is another one, and takes its time anyway.
            case UNREACHABLE -> 0;
        };
    }

    void clear() {
        lock.lock();
        try {
            entries.clear();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }
}
