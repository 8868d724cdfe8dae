package io.tapstack.socket;

import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;

/**
 * A chunk of a mapped file as one stack refers to it. Like every region it is counted inside the stack's door; it keeps the file's
 * descriptor open for as long as somebody refers to it, so that the file's size can be looked at.
 */
final class MappedRegion extends Region {

    private final MappedFile file;
    private final long start;

    /**
     * @param start where the chunk starts in the file
     */
    MappedRegion(final MappedFile file, final ByteBuffer chunk, final long start) {
        super(chunk);
        this.file = file;
        this.start = start;
    }

    /** Where the chunk starts in the file. */
    long start() {
        return start;
    }

    @Override
    public int intactBytes() {
        return (int) Math.max(0, Math.min(capacity(), file.sizeNow() - start));
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    protected void recycle() {
        file.close();
    }
}
