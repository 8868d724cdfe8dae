package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;
import java.util.Arrays;

/**
 * A queue of frames by the time at which each is due; equal times keep the order of arrival. Almost all frames go in at
 * the end, so an array that is searched from the end beats a heap. Owns its frames. Allocates only while it grows.
 */
final class HeldFrames {

    private PacketBuffer[] frames = new PacketBuffer[16]; // circular, of a length that is a power of two
    private long[] dues = new long[16];
    private int first;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** The time at which the first frame is due, or {@link Long#MAX_VALUE} if there is none. */
    long nextDue() {
        return count == 0 ? Long.MAX_VALUE : dues[first];
    }

    /** The frame that is due first; the queue must not be empty. */
    PacketBuffer first() {
        assert count > 0;
        return frames[first];
    }

    void add(final PacketBuffer frame, final long dueNanos) {
        if (count == frames.length) {
            grow();
        }
        int place = count;
        while (place > 0 && dueNanos - dues[slot(place - 1)] < 0) {
            frames[slot(place)] = frames[slot(place - 1)];
            dues[slot(place)] = dues[slot(place - 1)];
            place--;
        }
        frames[slot(place)] = frame;
        dues[slot(place)] = dueNanos;
        count++;
    }

    /** Removes the first frame; the caller owns it. */
    @SuppressWarnings("NullAway") // A cleared element is never read: first and count say which are there.
    PacketBuffer removeFirst() {
        final PacketBuffer frame = first();
        frames[first] = null;
        first = slot(1);
        count--;
        return frame;
    }

    private int slot(final int place) {
        return (first + place) & (frames.length - 1);
    }

    private void grow() {
        final int capacity = frames.length * 2;
        final int tail = frames.length - first;
        final PacketBuffer[] newFrames = Arrays.copyOfRange(frames, first, first + capacity);
        System.arraycopy(frames, 0, newFrames, tail, first);
        final long[] newDues = Arrays.copyOfRange(dues, first, first + capacity);
        System.arraycopy(dues, 0, newDues, tail, first);
        frames = newFrames;
        dues = newDues;
        first = 0;
    }
}
