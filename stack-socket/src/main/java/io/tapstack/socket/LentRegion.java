package io.tapstack.socket;

import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a {@link ZeroCopySends.Call}: the application's memory, on loan until the call is completed, or a block of
 * the pool with a copy. Its last holder, after the peer has acknowledged the bytes, completes the call's part.
 */
final class LentRegion extends Region {

    private final ZeroCopySends.Call call;
    private final @Nullable Region block;

    /**
     * Memory of the application.
     *
     * @param bytes direct, in network byte order
     */
    LentRegion(final ZeroCopySends.Call call, final ByteBuffer bytes) {
        super(bytes);
        this.call = call;
        this.block = null;
    }

    /** A block of the pool, which becomes ours. */
    LentRegion(final ZeroCopySends.Call call, final Region block) {
        super(block.bytes());
        this.call = call;
        this.block = block;
    }

    @Override
    protected void recycle() {
        if (block != null) {
            block.release();
        }
        call.released();
    }
}
