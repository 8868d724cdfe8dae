package io.tapstack.stack;

import io.tapstack.link.LinkDevice;
import io.tapstack.time.TimerWheel;
import java.io.IOException;

/**
 * What a driver drives: a stack, as seen by whoever gives it time and frames. All methods are called inside the
 * {@link StackLock}.
 */
public interface Pollable {

    /**
     * Fires the timers that are due and handles frames that have come, up to a budget.
     *
     * @return true if there may be more to do at once
     * @throws IOException if the device is gone
     */
    boolean poll(long nowNanos) throws IOException;

    /**
     * True if something has come up since the last {@link #poll} that no frame and no timer will announce: a packet
     * that the stack sent to itself, or a connection that the device had no room for, so that somebody has to wait for
     * the device.
     */
    boolean isPollWanted();

    /** How many bytes have come and gone in all. */
    long bytesMoved();

    /** When {@link #poll} is needed again even if no frame comes, or {@link Long#MAX_VALUE} for never. */
    long nextDeadline();

    /** Where frames come from; its {@link LinkDevice#await} is called outside. */
    LinkDevice device();

    /** All timers of the stack. */
    TimerWheel timers();

    /** Ends all connections and gives all memory back. The device stays open. */
    void close(long nowNanos);
}
