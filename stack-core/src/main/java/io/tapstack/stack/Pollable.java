package io.tapstack.stack;

import io.tapstack.link.LinkDevice;
import io.tapstack.time.TimerWheel;
import java.io.IOException;

/** A stack, as its driver sees it. All methods are called with the {@link StackLock} held. */
public interface Pollable {

    /**
     * Fires the timers that are due and handles received frames, up to a budget.
     *
     * @return true if there may be more to do at once
     * @throws IOException if the device is gone
     */
    boolean poll(long nowNanos) throws IOException;

    /**
     * Ends a batch of frames, which leave with this call: after work between two polls that may have sent some. A poll
     * ends the batch itself. If the device is gone, the next poll says so.
     */
    default void flush() {}

    /**
     * True if there is work since the last {@link #poll} that no frame and no timer will announce: a packet from the
     * stack to itself, or a connection that the device had no room for, for which the driver must await the device.
     */
    boolean isPollWanted();

    /** The bytes received and sent in all. */
    long bytesMoved();

    /** The time at which {@link #poll} is needed even if no frame arrives, or {@link Long#MAX_VALUE} for never. */
    long nextDeadline();

    /** The device; its {@link LinkDevice#await} is called without the lock. */
    LinkDevice device();

    /** All timers of the stack. */
    TimerWheel timers();

    /** Ends all connections and gives all memory back. The device stays open. */
    void close(long nowNanos);
}
