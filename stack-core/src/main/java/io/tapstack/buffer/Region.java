package io.tapstack.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of direct memory with several holders: a pooled block, the memory of a received frame, or a mapped file.
 * Payload moves through the stack as references to regions; a holder of a reference {@linkplain #retain() retains} the
 * region and {@linkplain #release() releases} it once.
 *
 * <p>The count is not atomic: it changes with the stack's lock held. The bytes may be read and written without the lock
 * by a thread that holds a reference.
 */
public abstract class Region {

    private final ByteBuffer bytes;
    private @Nullable ByteBuffer view;
    private long nativeAddress;
    private int references;

    /**
     * Creates a region that the caller holds once.
     *
     * @param bytes the memory, direct and in network byte order; used with absolute indices only
     */
    protected Region(final ByteBuffer bytes) {
        this(bytes, 1);
    }

    /** For a pool, whose new blocks have no holder yet. */
    Region(final ByteBuffer bytes, final int references) {
        this.bytes = bytes;
        this.references = references;
    }

    /** The memory. Its position, limit and order are undefined: use absolute indices only. */
    public final ByteBuffer bytes() {
        return bytes;
    }

    /**
     * A part of the memory with a position and a limit, for a channel. Always the same object, so for one user at a
     * time, which has the bytes on loan.
     */
    public final ByteBuffer view(final int offset, final int length) {
        ByteBuffer part = view;
        if (part == null) {
            part = bytes.duplicate();
            view = part;
        }
        return part.limit(offset + length).position(offset);
    }

    /** The size of the region in bytes, which its holders are charged for. */
    public final int capacity() {
        return bytes.capacity();
    }

    /** The address of the first byte as a device noted it with {@link #noteNativeAddress}, or 0. */
    public final long nativeAddress() {
        return nativeAddress;
    }

    /** A device with native access notes the address once, so that it need not look it up for every frame. */
    public final void noteNativeAddress(final long address) {
        this.nativeAddress = address;
    }

    /** Adds a holder. */
    public final void retain() {
        assert references > 0 : "retained after its last release";
        references++;
    }

    /** Removes a holder; the last one returns the memory. */
    public final void release() {
        assert references > 0 : "released more often than retained";
        if (--references == 0) {
            recycle();
        }
    }

    /** Number of holders; for tests and leak checks. */
    public final int references() {
        return references;
    }

    /**
     * The number of bytes from the start that can still be read. A mapped file that another process cuts short has
     * fewer than its {@link #capacity()}, and touching the rest is an error; plain memory always has all. Bytes below
     * it that were read before this call were the file's own.
     */
    public int intactBytes() {
        return bytes.capacity();
    }

    /**
     * The same, perhaps as it was a moment ago: for bytes that a device reads next, after which {@link #intactBytes()}
     * decides.
     */
    public int expectedBytes() {
        return intactBytes();
    }

    /**
     * Copies bytes out of the region. Every read of a region that may be {@linkplain #isShared() shared} comes through
     * here: touching a mapping whose file was cut short is a fault of the process, which the JVM reports late, in an
     * unrelated place of the thread.
     *
     * @return the number of bytes copied: fewer than asked for if the rest is gone
     */
    public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
        target.put(targetOffset, bytes, offset, length);
        return length;
    }

    /** True if other processes can change the bytes or remove them (a mapped file). */
    public boolean isShared() {
        return false;
    }

    /** Called when the last holder has released the region. */
    protected abstract void recycle();

    /** For a pool that takes the region into use again. */
    final void revive() {
        assert references == 0;
        references = 1;
    }
}
