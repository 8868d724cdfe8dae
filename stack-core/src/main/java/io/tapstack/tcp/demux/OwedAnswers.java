package io.tapstack.tcp.demux;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Records whose answer the device had no room for. The answer is sent when the device has room, with the then current
 * state, unless the record has ended. Otherwise the peer would have to retransmit, a second later.
 */
public final class OwedAnswers<R extends TupleRecord> {

    /** Sends the answer. */
    @FunctionalInterface
    public interface Answer<R> {
        /**
         * Sends the answer of a record.
         *
         * @return false if the device has no room
         */
        boolean send(R record, long nowNanos);
    }

    private final Answer<R> answer;
    private final ArrayDeque<R> owing = new ArrayDeque<>();

    public OwedAnswers(final Answer<R> answer) {
        this.answer = answer;
    }

    /** Adds a record whose answer the device had no room for. */
    public void add(final R record) {
        if (!record.owesAnswer) {
            record.owesAnswer = true;
            owing.add(record);
        }
    }

    /** True if a record waits for room in the device. */
    public boolean isWaiting() {
        return !owing.isEmpty();
    }

    /** Sends answers while the device has room. */
    public void resume(final long nowNanos) {
        for (@Nullable R first = owing.peek(); first != null; first = owing.peek()) {
            if (first.isQueued() && !answer.send(first, nowNanos)) {
                return;
            }
            first.owesAnswer = false;
            owing.remove();
        }
    }

    /** Removes all records when the stack shuts down. */
    public void clear() {
        owing.clear();
    }
}
