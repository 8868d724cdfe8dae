package io.tapstack.socket;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Two devices in real time: each delivers the frames of the other. Each is used by a stack of its own. */
final class TestCable {

    private static final int FRAMES_ON_THE_WAY = 256;
    private static final int HEADROOM = 64;

    private final LinkCapabilities capabilities;
    private final End left = new End();
    private final End right = new End();

    TestCable(final LinkCapabilities capabilities) {
        this.capabilities = capabilities;
        left.peer = right;
        right.peer = left;
    }

    LinkDevice left() {
        return left;
    }

    LinkDevice right() {
        return right;
    }

    /** A frame on its way. Frames are reused, so that a test can count the stack's allocation. */
    private static final class Frame {
        byte[] bytes = new byte[2_048];
        int length;
        boolean checksumTrusted;
    }

    private final class End implements LinkDevice {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition somethingToDo = lock.newCondition();
        private final ArrayDeque<Frame> arrived = new ArrayDeque<>();
        private final ArrayDeque<Frame> spare = new ArrayDeque<>();
        private @Nullable End peer;
        private boolean awake;
        private boolean peerWaitsForRoom;

        @Override
        public LinkCapabilities capabilities() {
            return capabilities;
        }

        @Override
        public @Nullable PacketBuffer receive(final BufferPool pool) {
            final PacketBuffer packet;
            final boolean roomAgain;
            lock.lock();
            try {
                final Frame frame = arrived.poll();
                if (frame == null) {
                    return null;
                }
                packet = pool.packet(HEADROOM + frame.length, HEADROOM);
                packet.memory().bytes().put(packet.append(frame.length), frame.bytes, 0, frame.length);
                packet.checksumTrusted(frame.checksumTrusted);
                spare.add(frame);
                roomAgain = peerWaitsForRoom && arrived.size() <= FRAMES_ON_THE_WAY / 2;
                peerWaitsForRoom &= !roomAgain;
            } finally {
                lock.unlock();
            }
            if (roomAgain) {
                peer().wakeup();
            }
            return packet;
        }

        @Override
        public boolean transmit(final PacketBuffer frame) {
            return peer().deliver(frame);
        }

        private boolean deliver(final PacketBuffer frame) {
            lock.lock();
            try {
                if (arrived.size() >= FRAMES_ON_THE_WAY) {
                    peerWaitsForRoom = true;
                    return false;
                }
                final Frame reused = spare.poll();
                final Frame copy = reused == null ? new Frame() : reused;
                copy(frame, copy);
                arrived.add(copy);
                awake = true;
                somethingToDo.signalAll();
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isReady() {
            lock.lock();
            try {
                final boolean ready = awake || !arrived.isEmpty();
                awake = false;
                return ready;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void await(final long timeoutNanos) {
            lock.lock();
            try {
                long left = timeoutNanos;
                while (!awake && arrived.isEmpty() && left > 0) {
                    left = somethingToDo.awaitNanos(left);
                }
                awake = false;
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void wakeup() {
            lock.lock();
            awake = true;
            somethingToDo.signalAll();
            lock.unlock();
        }

        @Override
        public void close() {}

        private End peer() {
            final End other = peer;
            if (other == null) {
                throw new AssertionError("half a cable");
            }
            return other;
        }

        private static void copy(final PacketBuffer from, final Frame to) {
            to.length = from.length();
            to.checksumTrusted = from.checksumWanted();
            if (to.bytes.length < to.length) {
                to.bytes = new byte[to.length];
            }
            int at = from.contiguousLength();
            from.memory().bytes().get(from.head(), to.bytes, 0, at);
            for (int i = 0; i < from.sliceCount(); i++) {
                final int length = from.sliceLength(i);
                from.sliceRegion(i).bytes().get(from.sliceOffset(i), to.bytes, at, length);
                at += length;
            }
        }
    }
}
