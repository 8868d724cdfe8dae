package io.tapstack.tcp.demux;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records in order of deadline, with one timer for all: a binary heap in which each record knows its position. A record
 * costs one reference and no timer of its own, and moves or leaves without a search.
 */
public final class RecordQueue<R extends TupleRecord> {

    /** Handles a record at its deadline, after it has left the queue. */
    @FunctionalInterface
    public interface Expiry<R> {
        void expired(R record, long nowNanos);
    }

    private static final int FIRST_CAPACITY = 16;

    private final Timer timer;
    private final Expiry<R> expiry;
    private @Nullable TupleRecord[] heap = new TupleRecord[0];
    private int size;

    public RecordQueue(final TimerWheel wheel, final Expiry<R> expiry) {
        this.timer = new Timer(wheel, this::timerExpired);
        this.expiry = expiry;
    }

    /** Number of records. */
    public int size() {
        return size;
    }

    /** The record with the earliest deadline, or null. */
    @Nullable
    public R first() {
        return size == 0 ? null : at(0);
    }

    /** Adds a record with its deadline. */
    public void add(final R record, final long deadlineNanos) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(FIRST_CAPACITY, 2 * size));
        }
        record.deadlineNanos = deadlineNanos;
        put(size++, record);
        siftUp(record);
        armForFirst();
    }

    /** Changes the deadline of a queued record. */
    public void move(final R record, final long deadlineNanos) {
        record.deadlineNanos = deadlineNanos;
        siftUp(record);
        siftDown(record);
        armForFirst();
    }

    /** Removes a record; has no effect if it is absent. */
    public void remove(final R record) {
        if (!record.isQueued()) {
            return;
        }
        final int place = record.place;
        final R last = at(--size);
        heap[size] = null;
        record.left();
        if (last != record) {
            put(place, last);
            siftUp(last);
            siftDown(last);
        }
        if (size == 0) {
            timer.cancel();
            if (heap.length > FIRST_CAPACITY) {
                heap = new TupleRecord[0];
            }
        }
    }

    /** Removes all records, in no order. */
    public void clear(final Consumer<R> each) {
        while (size > 0) {
            final R record = at(size - 1);
            remove(record);
            each.accept(record);
        }
    }

    private void timerExpired(final long nowNanos) {
        while (size > 0 && at(0).deadlineNanos - nowNanos <= 0) {
            final R record = at(0);
            remove(record);
            expiry.expired(record, nowNanos);
        }
        armForFirst();
    }

    /** Arms the timer. It may expire early, as records leave before their deadline far more often than at it. */
    private void armForFirst() {
        if (size > 0 && !(timer.isArmed() && timer.deadlineNanos() - at(0).deadlineNanos <= 0)) {
            timer.arm(at(0).deadlineNanos);
        }
    }

    private void siftUp(final R record) {
        while (record.place > 0) {
            final R parent = at((record.place - 1) / 2);
            if (parent.deadlineNanos - record.deadlineNanos <= 0) {
                return;
            }
            swap(parent, record);
        }
    }

    private void siftDown(final R record) {
        while (2 * record.place + 1 < size) {
            final int left = 2 * record.place + 1;
            final boolean rightIsFirst = left + 1 < size && at(left + 1).deadlineNanos - at(left).deadlineNanos < 0;
            final R child = at(rightIsFirst ? left + 1 : left);
            if (record.deadlineNanos - child.deadlineNanos <= 0) {
                return;
            }
            swap(record, child);
        }
    }

    private void swap(final R one, final R other) {
        final int place = one.place;
        put(other.place, one);
        put(place, other);
    }

    private void put(final int place, final R record) {
        heap[place] = record;
        record.place = place;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // Only records of type R are added, and size limits the index.
    private R at(final int place) {
        return (R) heap[place];
    }
}
