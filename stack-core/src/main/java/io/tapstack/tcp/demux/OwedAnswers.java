package io.tapstack.tcp.demux;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Records whose answer the device had no room for. It is sent when there is some, as it is then, unless the record is
 * over: without that the peer would have to ask again, a second later.
 */
public final class OwedAnswers<R extends TupleRecord> {

    /** Sends the answer. */
    @FunctionalInterface
    public interface Answer<R> {
        /** @return false if the device has no room */
        boolean send(R record, long nowNanos);
    }

    private final Answer<R> answer;
    private final ArrayDeque<R> owing = new ArrayDeque<>();

    public OwedAnswers(final Answer<R> answer) {
        this.answer = answer;
    }

    /** The device had no room. */
    public void add(final R record) {
        if (!record.owesAnswer) {
            record.owesAnswer = true;
            owing.add(record);
        }
    }

    /** True if a record waits for the device to have room. */
    public boolean isWaiting() {
        return !owing.isEmpty();
    }

    /** The device may have room again. */
    public void resume(final long nowNanos) {
        for (@Nullable R first = owing.peek(); first != null; first = owing.peek()) {
            if (first.isQueued() && !answer.send(first, nowNanos)) {
                return;
            }
            first.owesAnswer = false;
            owing.remove();
        }
    }

    /** The stack goes down. */
    public void clear() {
        owing.clear();
    }
}
