package io.tapstack.agent;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A link whose other end is a test suite: IP packets without Ethernet, one by one, so there are no neighbours to
 * resolve. Packets that the suite does not fetch fill the link, and then the stack has to wait, as with any device.
 *
 * <p>Any thread may call.
 */
final class AgentLink implements LinkDevice {

    /** Largest packet, which is also the largest of IPv4. */
    static final int MAX_PACKET = LinkCapabilities.MAX_MTU;

    private static final int RECEIVE_HEADROOM = 16;
    private static final int CAPACITY_PACKETS = 4_096;
    private static final int CAPACITY_BYTES = 64 << 20;

    /**
     * A packet from the stack.
     *
     * @param nanos its time, in the stack's time
     */
    record Sent(byte[] packet, long nanos) {}

    private final LinkCapabilities capabilities = LinkCapabilities.plain(LinkType.IP, MAX_PACKET);
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stackIsWanted = lock.newCondition();
    private final Condition hasSent = lock.newCondition();
    private final ArrayDeque<byte[]> toStack = new ArrayDeque<>();
    private final ArrayDeque<Sent> fromStack = new ArrayDeque<>();
    private int bytesFromStack;
    private boolean full;
    private boolean woken;

    /** @param clock the stack's time */
    AgentLink(final LongSupplier clock) {
        this.clock = clock;
    }

    // ---- The suite's end

    /**
     * Injects a packet for the stack, of 1 to {@link #MAX_PACKET} bytes.
     *
     * @return false if too many are waiting
     */
    boolean inject(final byte[] packet) {
        lock.lock();
        try {
            if (toStack.size() >= CAPACITY_PACKETS) {
                return false;
            }
            toStack.add(packet);
            stackIsWanted.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** True if a packet of the stack waits to be taken. */
    boolean hasSent() {
        lock.lock();
        try {
            return !fromStack.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** The oldest packet from the stack, or null. */
    @Nullable
    Sent take() {
        lock.lock();
        try {
            final Sent sent = fromStack.poll();
            if (sent != null) {
                bytesFromStack -= sent.packet.length;
                if (full) {
                    full = false;
                    woken = true;
                    stackIsWanted.signalAll();
                }
            }
            return sent;
        } finally {
            lock.unlock();
        }
    }

    /** The same, waiting up to {@code nanos} of real time for one. */
    @Nullable
    Sent take(final long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (fromStack.isEmpty() && left > 0) {
                left = hasSent.awaitNanos(left);
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    // ---- The stack's end

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        final byte[] bytes;
        lock.lock();
        try {
            bytes = toStack.poll();
        } finally {
            lock.unlock();
        }
        return bytes == null ? null : pool.packet(bytes, RECEIVE_HEADROOM);
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        final byte[] bytes = frame.toArray();
        lock.lock();
        try {
            full = fromStack.size() >= CAPACITY_PACKETS || bytesFromStack + bytes.length > CAPACITY_BYTES;
            if (full) {
                return false;
            }
            fromStack.add(new Sent(bytes, clock.getAsLong()));
            bytesFromStack += bytes.length;
            hasSent.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void await(final long timeoutNanos) {
        lock.lock();
        try {
            if (!isReady() && timeoutNanos > 0) {
                stackIsWanted.await(timeoutNanos, TimeUnit.NANOSECONDS);
            }
            woken = false;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isReady() {
        lock.lock();
        try {
            return woken || !toStack.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wakeup() {
        lock.lock();
        try {
            woken = true;
            stackIsWanted.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            toStack.clear();
            fromStack.clear();
        } finally {
            lock.unlock();
        }
    }
}
