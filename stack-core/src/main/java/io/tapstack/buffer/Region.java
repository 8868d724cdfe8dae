package io.tapstack.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of direct memory that bytes live in and that several holders may refer to: a pooled block, the memory of a
 * received frame, or a mapped file. Payload moves through the stack as references to regions; whoever keeps a reference
 * {@linkplain #retain() retains} the region and {@linkplain #release() releases} it once.
 *
 * <p>The count is not atomic: it changes under the stack's lock only. The bytes may be read and written outside the
 * lock by whoever holds a reference.
 */
public abstract class Region {

    private final ByteBuffer bytes;
    private @Nullable ByteBuffer view;
    private long nativeAddress;
    private int references;

    /**
     * A region that its maker holds once.
     *
     * @param bytes the memory, direct and in network byte order; used with absolute indices only
     */
    protected Region(final ByteBuffer bytes) {
        this(bytes, 1);
    }

    /** For a pool, whose new blocks are held by nobody yet. */
    Region(final ByteBuffer bytes, final int references) {
        this.bytes = bytes;
        this.references = references;
    }

    /** The memory. Position, limit and order belong to nobody: use absolute indices only. */
    public final ByteBuffer bytes() {
        return bytes;
    }

    /**
     * A part of the memory, for whoever needs a position and a limit, such as a channel. Always the same object: for
     * one user at a time, who has the bytes on loan.
     */
    public final ByteBuffer view(final int offset, final int length) {
        ByteBuffer part = view;
        if (part == null) {
            part = bytes.duplicate();
            view = part;
        }
        return part.limit(offset + length).position(offset);
    }

    /** How many bytes of memory the region holds, which is what holders are charged for. */
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

    /** One more holder. */
    public final void retain() {
        assert references > 0 : "retained after its last release";
        references++;
    }

    /** One holder less; the last one gives the memory back to where it came from. */
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
     * How many bytes from the start can still be read. A mapped file that somebody cuts short has fewer than its
     * {@link #capacity()}, and touching the rest is an error; plain memory is always whole.
     */
    public int intactBytes() {
        return bytes.capacity();
    }

    /**
     * Copies bytes out of the region. All reading of a region that may be {@linkplain #isShared() shared} goes through
     * here: to touch a mapping whose file was cut short would be a fault of the process, which the JVM reports late, to
     * whoever runs then.
     *
     * @return how many bytes were copied: fewer than asked for if the rest is not there any more
     */
    public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
        target.put(targetOffset, bytes, offset, length);
        return length;
    }

    /** True if other processes can change the bytes or take them away (a mapped file). */
    public boolean isShared() {
        return false;
    }

    /** Called when the last holder has let go. */
    protected abstract void recycle();

    /** For a pool that hands the region out again. */
    final void revive() {
        assert references == 0;
        references = 1;
    }
}
