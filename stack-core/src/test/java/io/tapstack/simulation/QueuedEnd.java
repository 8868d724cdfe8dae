package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a cable as an interface with several queues, each a device: the test chooses the queue of each received
 * frame.
 */
final class QueuedEnd {

    /** Chooses the queue of the next frame. */
    interface Chooser {
        int queue(PacketBuffer frame);
    }

    private static final int HEADROOM = 32;

    private final LinkDevice end;
    private final Chooser chooser;
    private final BufferPool memory = new BufferPool();
    private final List<Queue> queues = new ArrayList<>();

    QueuedEnd(final LinkDevice end, final int count, final Chooser chooser) {
        this.end = end;
        this.chooser = chooser;
        for (int i = 0; i < count; i++) {
            queues.add(new Queue());
        }
    }

    List<? extends LinkDevice> queues() {
        return queues;
    }

    /** Distributes received frames. */
    private void shareOut() throws IOException {
        for (PacketBuffer frame = end.receive(memory); frame != null; frame = end.receive(memory)) {
            queues.get(chooser.queue(frame)).arrived.add(frame);
        }
    }

    private final class Queue extends ForwardingLink {

        private final ArrayDeque<PacketBuffer> arrived = new ArrayDeque<>();
        private long now;

        Queue() {
            super(end);
        }

        @Override
        public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
            shareOut();
            final PacketBuffer frame = arrived.poll();
            return frame == null ? null : frame.moveTo(pool, HEADROOM);
        }

        @Override
        public long nextEvent() {
            return arrived.isEmpty() ? super.nextEvent() : now;
        }

        @Override
        public void advance(final long nowNanos) {
            now = nowNanos;
            super.advance(nowNanos);
        }

        @Override
        public void close() {
            super.close();
            while (!arrived.isEmpty()) {
                arrived.remove().release();
            }
        }
    }
}
