package io.tapstack.transport;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs on a thread of its own, so that the stack's thread waits neither for a terminal nor for a full pipe. The lines
 * of a hundredth of a second are logged together: waking a thread for each costs more than the line. A limited number
 * of lines waits. Any thread may call.
 */
public final class LogThread implements AutoCloseable {

    /** Lines that may wait. */
    static final int LIMIT = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LogThread.class);
    private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long CLOSE_MILLIS = 2_000;

    private final Queue<Runnable> lines = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean closed;

    /** @param name of the thread */
    public LogThread(final String name) {
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Logs soon. Does not wait; a line for which there is no room is left out, and counted.
     *
     * @param line logs one line
     */
    public void log(final Runnable line) {
        if (waiting.incrementAndGet() > LIMIT) {
            waiting.decrementAndGet();
            leftOut.incrementAndGet();
            return;
        }
        lines.add(line);
        if (!awake.getAndSet(true)) {
            LockSupport.unpark(thread);
        }
    }

    /** True if {@link #log} would not leave out a line now. */
    public boolean hasRoom() {
        return waiting.get() < LIMIT;
    }

    /** Logs soon. Waits for room if there is none: not for the stack's thread. */
    public void logOrWait(final Runnable line) {
        while (!hasRoom() && !closed) {
            LockSupport.parkNanos(this, BATCH_NANOS);
        }
        log(line);
    }

    /** Logs the lines that wait, within two seconds, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            if (awake.get()) {
                LockSupport.parkNanos(this, BATCH_NANOS);
                awake.set(false); // before the look at the lines: one that comes later wakes this thread again
                logAll();
            } else {
                LockSupport.park(this);
            }
        }
        logAll();
    }

    private void logAll() {
        for (Runnable line = lines.poll(); line != null; line = lines.poll()) {
            waiting.decrementAndGet();
            line.run();
        }
        final long missing = leftOut.getAndSet(0);
        if (missing > 0) {
            LOG.warn("{} lines are left out: the log does not take them fast enough", missing);
        }
    }
}
