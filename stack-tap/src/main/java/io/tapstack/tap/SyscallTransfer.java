package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import org.jspecify.annotations.Nullable;

/** Moves each frame by a system call of its own. */
final class SyscallTransfer implements FrameTransfer {

    private final FrameReader reader;
    private final FrameWriter writer;

    SyscallTransfer(final FrameReader reader, final FrameWriter writer) {
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    public @Nullable PacketBuffer read(final BufferPool pool) {
        return reader.read(pool);
    }

    @Override
    public boolean hasFrames() {
        return false;
    }

    @Override
    public int errno() {
        return reader.errno();
    }

    @Override
    public int write(final PacketBuffer frame) {
        return writer.write(frame);
    }

    @Override
    public boolean isUnflushed() {
        return false;
    }

    @Override
    public int flush() {
        return TAKEN;
    }

    @Override
    public int takeLost() {
        return 0;
    }

    @Override
    public void close() {}
}
