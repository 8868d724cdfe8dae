package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import org.jspecify.annotations.Nullable;

/** Moves frames between the stack's memory and a TAP. Confined to the holder of the stack's lock. */
interface FrameTransfer {

    /** The kernel has taken the frame, or takes it at the end of the batch. */
    int TAKEN = 0;

    /**
     * Takes a frame.
     *
     * @return the next frame, or null if there is none or the call failed, as {@link #errno()} says
     */
    @Nullable
    PacketBuffer read(BufferPool pool);

    /** True if the next {@link #read} has a frame without asking the kernel, which does not announce it either. */
    boolean hasFrames();

    /** The error number of the last {@link #read} without a frame: EAGAIN if there was none. */
    int errno();

    /**
     * Sends a frame, which stays the caller's, at the latest with the next {@link #flush()}.
     *
     * @return {@link #TAKEN} or the error number
     */
    int write(PacketBuffer frame);

    /** True if {@link #flush()} has something to do. */
    boolean isUnflushed();

    /**
     * Ends a batch: the frames that wait leave, in their order. Those that the kernel refuses for now are kept for the
     * next flush.
     *
     * @return {@link #TAKEN} if none waits any more, else the error number
     */
    int flush();

    /** The number of frames since the last call that the kernel did not accept after {@link #write} had taken them. */
    int takeLost();

    /** Gives back all memory and descriptors but the TAP's. Any thread, after all other calls. */
    void close();
}
