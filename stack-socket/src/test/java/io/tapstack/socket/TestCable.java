package io.tapstack.socket;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Two devices in real time: what one is given the other one has. Each is used by a stack of its own. */
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

    private record Frame(byte[] bytes, boolean checksumTrusted) {}

    private final class End implements LinkDevice {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition somethingToDo = lock.newCondition();
        private final ArrayDeque<Frame> arrived = new ArrayDeque<>();
        private @Nullable End peer;
        private boolean awake;
        private boolean peerWaitsForRoom;

        @Override
        public LinkCapabilities capabilities() {
            return capabilities;
        }

        @Override
        public @Nullable PacketBuffer receive(final BufferPool pool) {
            final Frame frame;
            final boolean roomAgain;
            lock.lock();
            try {
                frame = arrived.poll();
                roomAgain = peerWaitsForRoom && arrived.size() <= FRAMES_ON_THE_WAY / 2;
                peerWaitsForRoom &= !roomAgain;
            } finally {
                lock.unlock();
            }
            if (roomAgain) {
                peer().wakeup();
            }
            if (frame == null) {
                return null;
            }
            final int length = frame.bytes().length;
            final PacketBuffer packet = pool.packet(HEADROOM + length, HEADROOM);
            packet.memory().bytes().put(packet.append(length), frame.bytes(), 0, length);
            packet.checksumTrusted(frame.checksumTrusted());
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
                arrived.add(new Frame(bytes(frame), frame.checksumWanted()));
                awake = true;
                somethingToDo.signalAll();
                return true;
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

        private byte[] bytes(final PacketBuffer frame) {
            final byte[] bytes = new byte[frame.length()];
            final int contiguous = frame.contiguousLength();
            frame.memory().bytes().get(frame.head(), bytes, 0, contiguous);
            int at = contiguous;
            for (int i = 0; i < frame.sliceCount(); i++) {
                final int length = frame.sliceLength(i);
                frame.sliceRegion(i).bytes().get(frame.sliceOffset(i), bytes, at, length);
                at += length;
            }
            return bytes;
        }
    }
}
