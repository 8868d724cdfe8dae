package io.tapstack.agent;

import io.tapstack.agent.AgentLink.Sent;
import io.tapstack.conformance.setting.Setting;
import io.tapstack.posix.FileTable;
import io.tapstack.posix.Readiness;
import io.tapstack.posix.SocketCalls;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackLock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stack from one reset to the next, with its sockets, its link and its time. Times are in microseconds and continue
 * from one incarnation to the next; the stack's own time starts anew each time, so that the same calls lead to the same
 * packets.
 *
 * <p>Any thread may call.
 */
abstract class Incarnation implements AutoCloseable {

    /** The longest wait of op 16 for a packet. */
    static final long PACKET_TIMEOUT_NANOS = 120_000_000_000L;

    private static final long NANOS_PER_MICRO = 1_000;

    private final long startMicros;
    private final NetworkStack stack;
    private final SocketLayer layer;
    private final SocketCalls calls;
    private final Readiness readiness;
    private long lastMicros;

    /** A connection of the suite. */
    interface Caller {

        /** The calling thread begins a call. */
        void begin();

        /** The call has ended. */
        void end();

        /** No further calls follow. */
        void leave();
    }

    /**
     * @param lock of {@code stack}
     * @param startMicros the time at the start
     */
    Incarnation(final StackLock lock, final NetworkStack stack, final List<Setting> settings, final long startMicros) {
        this.startMicros = startMicros;
        this.lastMicros = startMicros - 1;
        this.stack = stack;
        this.layer = new SocketLayer(lock, stack);
        this.calls = new SocketCalls(layer, new FileTable(), this::realNanos);
        this.readiness = calls.readiness();
        settings.forEach(setting -> apply(lock, setting));
    }

    private void apply(final StackLock lock, final Setting setting) {
        lock.lock();
        try {
            setting.apply(stack, layer.defaults());
        } finally {
            lock.unlock();
        }
    }

    final SocketCalls calls() {
        return calls;
    }

    final Readiness readiness() {
        return readiness;
    }

    /** The stack; used with {@link #stackLock()} held. */
    final NetworkStack stack() {
        return stack;
    }

    /** Changes a setting for sockets that are created from now on. */
    final void apply(final Setting setting) {
        apply(stackLock(), setting);
    }

    /** The time, never the same one twice. */
    final synchronized long uniqueMicros() {
        lastMicros = Math.max(lastMicros + 1, micros(nanos()));
        return lastMicros;
    }

    /** The latest time that was returned. */
    final synchronized long lastMicros() {
        return lastMicros;
    }

    /** Converts the stack's time to the suite's. */
    final long micros(final long nanos) {
        return startMicros + (nanos - startNanos()) / NANOS_PER_MICRO;
    }

    /** Converts the stack's time to the suite's, in nanoseconds, for the times of messages. */
    private long realNanos(final long nanos) {
        return startMicros * NANOS_PER_MICRO + (nanos - startNanos());
    }

    /** Converts the suite's time to the stack's. */
    final long nanos(final long micros) {
        return startNanos() + (micros - startMicros) * NANOS_PER_MICRO;
    }

    abstract StackLock stackLock();

    /** The stack's time. */
    abstract long nanos();

    /** The stack's time at the start. */
    abstract long startNanos();

    /** Adds a maker of calls. */
    abstract Caller join();

    /** The link whose other end is the suite, or null if the stack is on a TAP. */
    abstract @Nullable AgentLink link();

    /** Lets the stack receive the packet that was put into {@link #link()}. */
    abstract void packetArrived();

    /**
     * The next packet that the stack sends on {@code link}, or null if there is none for {@link #PACKET_TIMEOUT_NANOS}.
     */
    abstract @Nullable Sent nextPacket(AgentLink link) throws InterruptedException;

    /** Lets {@code micros} pass. */
    abstract void advance(long micros) throws InterruptedException;

    /** Advances the time to the latest one that was returned. */
    abstract void catchUp() throws InterruptedException;

    /** Ends the stack. Waiting calls fail. */
    @Override
    public abstract void close();
}
