package io.tapstack.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A block of a {@link BufferPool}; its last holder returns it there. */
final class PooledRegion extends Region {

    final int sizeClass;
    private final BufferPool pool;

    /** The next free block of the same size, while this one is free. */
    @Nullable
    PooledRegion nextFree;

    PooledRegion(final BufferPool pool, final int sizeClass, final ByteBuffer bytes) {
        super(bytes, 0);
        this.pool = pool;
        this.sizeClass = sizeClass;
    }

    @Override
    protected void recycle() {
        pool.takeBack(this);
    }
}
