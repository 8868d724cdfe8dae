package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A device that delivers and takes frames: a TAP, a simulated cable, a capture that is played back, or a decorator of
 * another device. No thread of a device enters the stack; the stack asks the device.
 *
 * <p>All calls but {@link #wakeup()}, {@link #isReady}, {@link #await} and {@link #close} are made by the holder of the
 * stack's lock: by any thread, but by one at a time.
 *
 * <p><b>For implementors.</b>
 *
 * <ul>
 *   <li>A frame starts with an Ethernet header, without a checksum at its end, or with an IP header, as
 *       {@link LinkCapabilities#type()} says.
 *   <li>A received frame is in memory of the pool that {@link #receive} is given: {@code pool.packet(headroom + length,
 *       headroom)}, then {@code append(length)}. Pools, packets and the counts of regions belong to the holder of the
 *       lock. A frame that another thread brings is handed over as plain bytes, in a queue of the device.
 *   <li>A frame to send may be in several pieces; {@link PacketBuffer#copyTo} and {@link PacketBuffer#toArray} put them
 *       together. It is complete, and its packet is not larger than the MTU, unless the capabilities claim more: with
 *       {@code txChecksum} the device writes the checksum of a frame that {@linkplain PacketBuffer#checksumWanted()
 *       asks for it}, with {@code maxSegmentOffload} it cuts one that has a {@linkplain PacketBuffer#gsoSize() segment
 *       size}.
 *   <li>A frame that is lost is counted under its {@link io.tapstack.event.DropReason} and never thrown. An
 *       {@link IOException} means that the device is gone: the stack ends, and its sockets report ENETDOWN with the
 *       exception. Any other exception ends the stack as well.
 *   <li>{@link #reportTo} comes first and {@link #close} last; the driver closes the device, once. Threads that wait at
 *       the device return, and later calls throw an {@link IOException}.
 * </ul>
 */
public interface LinkDevice extends AutoCloseable {

    /** The device's offload and MTU; constant over its life. */
    LinkCapabilities capabilities();

    /** Tells the device where to count the frames that it loses; the stack calls it once, before all else. */
    default void reportTo(final StackStatistics statistics) {}

    /**
     * Takes the next received frame without waiting.
     *
     * @param pool for the frame's memory
     * @return the frame, owned by the caller, or null if there is none now
     * @throws IOException if the device is gone; every later call fails the same way
     */
    @Nullable
    PacketBuffer receive(BufferPool pool) throws IOException;

    /**
     * Sends a frame without waiting, at the latest with the next {@link #flush()}. The device borrows the frame: the
     * caller may send it again or release it as soon as the call returns, so a device that needs the bytes longer
     * copies them.
     *
     * @return false if the device is full and took nothing; {@link #await} then also waits for it to have room
     * @throws IOException if the device is gone
     */
    boolean transmit(PacketBuffer frame) throws IOException;

    /**
     * Ends a batch of frames: those that the device has gathered leave now, in the order of {@link #transmit}. The
     * stack calls it at the end of each poll, and when the thread that has sent releases the stack's lock. A device
     * that has become full keeps the frames for the next flush, refuses others until then, and has {@link #await} wait
     * for room. A device that sends each frame at once has nothing to do.
     *
     * @throws IOException if the device is gone
     */
    default void flush() throws IOException {}

    /**
     * The time of the device's next event of its own, such as delivering a delayed frame, in the time base of the
     * stack; {@link Long#MAX_VALUE} for none. A device of the real world has none.
     */
    default long nextEvent() {
        return Long.MAX_VALUE;
    }

    /** Tells a simulated device the time; called at the start of every poll. */
    default void advance(final long nowNanos) {}

    /**
     * Waits until there may be a frame to receive, there is room again after a refused frame, {@link #wakeup()} was
     * called, or the time is over. May return early. A simulated device returns at once.
     *
     * <p>The driver makes this call and {@link #isReady} without the stack's lock, while an application may hold it and
     * send frames. If such a frame is refused, the application's thread wakes the device.
     *
     * @param timeoutNanos longest wait, {@link Long#MAX_VALUE} for no limit; 0 or less only looks
     */
    void await(long timeoutNanos) throws IOException;

    /**
     * True if {@link #await} would return at once for a frame or for room. Called without the stack's lock, by the one
     * thread that also awaits. Always true for a simulated device, which never waits.
     *
     * @throws IOException if the device is gone
     */
    boolean isReady() throws IOException;

    /** Ends the current {@link #await}, or else the next one. Any thread. */
    void wakeup();

    /**
     * True if {@link #await} cannot wait, because all events of the device happen in calls of the stack. A
     * {@link io.tapstack.stack.StackDriver} refuses such a device. Constant; any thread.
     */
    default boolean isSimulated() {
        return false;
    }

    @Override
    void close();
}
