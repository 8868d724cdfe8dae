package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where frames come from and go to: a TAP, a simulated cable, a capture that is played back, or a decorator of another
 * device. A device has no thread of its own that enters the stack; the stack asks it.
 *
 * <p>All calls but {@link #wakeup()}, {@link #isReady} and {@link #await} come from whoever runs the stack.
 */
public interface LinkDevice extends AutoCloseable {

    /** What the device takes over; constant over its life. */
    LinkCapabilities capabilities();

    /**
     * Tells the device where to count the frames that it loses; called once by the stack that uses it, before all else.
     */
    default void reportTo(final StackStatistics statistics) {}

    /**
     * Takes the next received frame without waiting.
     *
     * @param pool where the frame's memory comes from
     * @return the frame, owned by the caller, or null if there is none now
     * @throws IOException if the device is gone; every later call fails the same way
     */
    @Nullable
    PacketBuffer receive(BufferPool pool) throws IOException;

    /**
     * Sends a frame without waiting. The frame is only borrowed: it stays the caller's, who may send it again or
     * release it as soon as the call returns, so a device that needs the bytes longer copies them.
     *
     * @return false if the device is full and took nothing; {@link #await} then also waits for it to have room
     * @throws IOException if the device is gone
     */
    boolean transmit(PacketBuffer frame) throws IOException;

    /**
     * The next time at which the device itself has something to do, such as delivering a delayed frame, in the time
     * base that the stack is run with; {@link Long#MAX_VALUE} for never. Devices of the real world answer never.
     */
    default long nextEvent() {
        return Long.MAX_VALUE;
    }

    /** Tells a simulated device what time it is; called at the start of every poll. */
    default void advance(final long nowNanos) {}

    /**
     * Waits until there may be a frame to receive, there is room again after a refused frame, {@link #wakeup()} was
     * called, or the time is over. May return early. A simulated device returns at once.
     *
     * <p>This and {@link #isReady} are the calls besides {@link #wakeup()} that are made without the stack's lock: by
     * the driver, while an application may be inside and send frames. A device whose room ends that way has to be woken
     * by whoever was refused.
     *
     * @param timeoutNanos longest wait, {@link Long#MAX_VALUE} for no limit; 0 or less only looks
     */
    void await(long timeoutNanos) throws IOException;

    /**
     * Looks whether {@link #await} would return at once for a frame or for room, without waiting. Called outside the
     * stack's lock, by the one thread that also awaits. True for a simulated device, which never waits.
     *
     * @throws IOException if the device is gone
     */
    boolean isReady() throws IOException;

    /** Ends the {@link #await} that is going on, or else the next one. Any thread. */
    void wakeup();

    @Override
    void close();
}
