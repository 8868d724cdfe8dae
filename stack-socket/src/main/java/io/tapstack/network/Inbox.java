package io.tapstack.network;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.ImpairedPath;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkType;
import io.tapstack.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames on their way to one host: a bounded queue between the threads of the senders and that of the host. A frame
 * is copied twice, into the queue's memory and out of it, because the reference counts of a pool belong to one thread.
 * A frame that finds the queue full is dropped and counted, as at a switch port. Any thread may call.
 */
final class Inbox {

    /** Room for the headers that a decorator adds; also aligns the IP header behind Ethernet. */
    private static final int HEADROOM = 34;

    private static final long AWAKE = Long.MIN_VALUE;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition somethingToDo = lock.newCondition();
    private final Clock clock;
    private final int limitBytes;
    private final BufferPool pool = new BufferPool();
    private final List<NetworkPath> routes = new ArrayList<>();
    // The line from the switch to the host, behind the paths of all senders; used while it has a rate.
    private final ImpairedPath line = new ImpairedPath(Impairment.NONE, LinkType.ETHERNET, new SplittableRandom(0));
    private boolean lineHasRate;
    private final StackStatistics losses = new StackStatistics();
    private int heldBytes;
    private boolean open;
    private boolean woken;

    // The time of the next check by the host's thread, if no frame comes; AWAKE while it does not wait.
    private long sleepsUntil = AWAKE;

    private long delivered;
    private long cut;
    private long overflowed;

    /** @param limitBytes largest memory of the frames on their way */
    Inbox(final Clock clock, final int limitBytes) {
        this.clock = clock;
        this.limitBytes = limitBytes;
        line.reportTo(losses);
    }

    /** Opens the queue, or closes it and drops its frames; a closed queue drops all frames. */
    void open(final boolean now) {
        lock.lock();
        try {
            open = now;
            routes.forEach(this::clear);
            heldBytes -= line.heldBytes();
            line.clear();
            wakeup();
        } finally {
            lock.unlock();
        }
    }

    /** Adds a sending host; its number is the count of earlier calls. */
    void add(final NetworkPath route) {
        lock.lock();
        try {
            route.path.reportTo(losses);
            routes.add(route);
        } finally {
            lock.unlock();
        }
    }

    void impair(final int sender, final Impairment impairment) {
        lock.lock();
        try {
            final NetworkPath route = routes.get(sender);
            route.path.advance(clock.nanoTime());
            route.path.impairment(impairment);
        } finally {
            lock.unlock();
        }
    }

    /** Limits the rate of the frames of all senders together; 0 for no limit. */
    void rate(final long bytesPerSecond, final int queueBytes) {
        lock.lock();
        try {
            final long now = clock.nanoTime();
            passOn(now);
            line.advance(now);
            line.impairment(
                    bytesPerSecond == 0 ? Impairment.NONE : Impairment.NONE.withRate(bytesPerSecond, queueBytes));
            lineHasRate = bytesPerSecond > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Cuts the path from a host and drops its frames, or mends the path. */
    void cut(final int sender, final boolean now) {
        lock.lock();
        try {
            final NetworkPath route = routes.get(sender);
            route.cut = now;
            clear(route);
        } finally {
            lock.unlock();
        }
    }

    private void clear(final NetworkPath route) {
        heldBytes -= route.path.heldBytes();
        route.path.clear();
    }

    /** Copies a frame. The caller keeps the frame. */
    void put(final int sender, final PacketBuffer frame) {
        lock.lock();
        try {
            final NetworkPath route = routes.get(sender);
            if (!open) {
                return;
            }
            if (route.cut) {
                cut++;
                return;
            }
            if (heldBytes + frame.length() > limitBytes) {
                overflowed++;
                return;
            }
            final int heldBefore = route.path.heldBytes();
            final long now = clock.nanoTime();
            route.path.advance(now);
            route.path.offer(frame.copy(pool, HEADROOM), pool);
            route.path.advance(now);
            heldBytes += route.path.heldBytes() - heldBefore;
            if (sleepsUntil != AWAKE && isBefore(route.path.nextEvent(), sleepsUntil)) {
                somethingToDo.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next frame that has arrived, in memory of {@code target}; null if there is none. */
    @Nullable
    PacketBuffer take(final BufferPool target) {
        lock.lock();
        try {
            final long now = clock.nanoTime();
            passOn(now);
            final ImpairedPath last = lastPath();
            if (last == null || isBefore(now, last.nextEvent())) {
                return null;
            }
            final PacketBuffer frame = remove(last, now);
            if (frame.checksumWanted()) {
                // The frame has never left memory, so its bytes are those that the sender wrote.
                frame.checksumDone();
                frame.checksumTrusted(true);
            }
            delivered++;
            return frame.moveTo(target, HEADROOM);
        } finally {
            lock.unlock();
        }
    }

    private PacketBuffer remove(final ImpairedPath from, final long now) {
        from.advance(now);
        final int heldBefore = from.heldBytes();
        final PacketBuffer frame = from.removeFirst();
        heldBytes += from.heldBytes() - heldBefore;
        return frame;
    }

    /** Moves the frames that have passed their sender's path to the line, if it has a rate, in the order of arrival. */
    private void passOn(final long now) {
        if (!isLineUsed()) {
            return;
        }
        for (NetworkPath first = first(); first != null; first = first()) {
            final long arrival = first.path.nextEvent();
            if (isBefore(now, arrival)) {
                return;
            }
            final PacketBuffer frame = remove(first.path, arrival);
            final int heldBefore = line.heldBytes();
            line.advance(arrival);
            line.offer(frame, pool);
            line.advance(arrival);
            heldBytes += line.heldBytes() - heldBefore;
        }
    }

    /** True while frames pass the line: also those that entered it before its rate was taken away. */
    private boolean isLineUsed() {
        return lineHasRate || line.heldBytes() > 0;
    }

    /** The path whose next frame is the next for the host; null if there is none. */
    private @Nullable ImpairedPath lastPath() {
        if (isLineUsed()) {
            return line;
        }
        final NetworkPath first = first();
        return first == null ? null : first.path;
    }

    /** The time of the next event, an arrival at the host or at its line, or {@link Long#MAX_VALUE}. */
    long nextEvent() {
        lock.lock();
        try {
            final NetworkPath first = first();
            final long arrival = first == null ? Long.MAX_VALUE : first.path.nextEvent();
            final long end = line.nextEvent();
            return isBefore(end, arrival) ? end : arrival;
        } finally {
            lock.unlock();
        }
    }

    /** The path whose next frame arrives first, of two the one with the lower number; null if there is no frame. */
    private @Nullable NetworkPath first() {
        NetworkPath first = null;
        for (int i = 0; i < routes.size(); i++) {
            final NetworkPath route = routes.get(i);
            if (isBefore(route.path.nextEvent(), first == null ? Long.MAX_VALUE : first.path.nextEvent())) {
                first = route;
            }
        }
        return first;
    }

    // ---- In real time: the host's thread waits

    /** Waits for a frame that has arrived, {@link #wakeup()}, or the timeout. */
    void await(final long timeoutNanos) {
        final long start = clock.nanoTime();
        lock.lock();
        try {
            while (!woken && !isReadyNow()) {
                final long next = nextEvent();
                final long now = clock.nanoTime();
                long left = timeoutNanos == Long.MAX_VALUE ? Long.MAX_VALUE : timeoutNanos - (now - start);
                if (next != Long.MAX_VALUE) {
                    left = Math.min(left, next - now);
                }
                if (left <= 0) {
                    break;
                }
                sleepsUntil = left == Long.MAX_VALUE ? Long.MAX_VALUE : now + left;
                somethingToDo.await(left, TimeUnit.NANOSECONDS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            woken = false;
            sleepsUntil = AWAKE;
            lock.unlock();
        }
    }

    /** True if {@link #await} would return at once, because of a frame or a wake-up. */
    boolean isReady() {
        lock.lock();
        try {
            final boolean ready = woken || isReadyNow();
            woken = false;
            return ready;
        } finally {
            lock.unlock();
        }
    }

    private boolean isReadyNow() {
        final long next = nextEvent();
        return next != Long.MAX_VALUE && next - clock.nanoTime() <= 0;
    }

    void wakeup() {
        lock.lock();
        try {
            woken = true;
            somethingToDo.signal();
        } finally {
            lock.unlock();
        }
    }

    PortStatistics statistics() {
        lock.lock();
        try {
            return new PortStatistics(delivered, losses.drops(DropReason.LINK_IMPAIRED), cut, overflowed);
        } finally {
            lock.unlock();
        }
    }

    /** Blocks of the queue's memory that are in use; for leak checks. */
    int regionsInUse() {
        lock.lock();
        try {
            return pool.regionsInUse();
        } finally {
            lock.unlock();
        }
    }

    private static boolean isBefore(final long time, final long other) {
        return time != Long.MAX_VALUE && (other == Long.MAX_VALUE || time - other < 0);
    }
}
