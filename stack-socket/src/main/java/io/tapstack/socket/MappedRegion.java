package io.tapstack.socket;

import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;

/**
 * A chunk of a mapped file, as one stack refers to it. Like every region it is counted with the stack's lock held; it
 * keeps the file's descriptor open while a reference to it exists, so that the file's size can be read.
 */
final class MappedRegion extends Region {

    private final MappedFile file;
    private final long start;

    // The bytes read last, for devices that need a copy. Only then is there a window.
    private byte[] window = new byte[0];
    private int windowStart;
    private int windowLength;

    // The offset of a failed read. The bytes from there on count as gone, so that the sender gives up, as with a file
    // that was cut short.
    private int unreadableFrom = Integer.MAX_VALUE;

    /** @param start offset of the chunk in the file */
    MappedRegion(final MappedFile file, final ByteBuffer chunk, final long start) {
        super(chunk);
        this.file = file;
        this.start = start;
    }

    /** The offset of the chunk in the file. */
    long start() {
        return start;
    }

    @Override
    public int intactBytes() {
        return (int) Math.max(0, Math.min(Math.min(capacity(), unreadableFrom), file.sizeNow() - start));
    }

    /**
     * {@inheritDoc} The bytes are read from the file, not from the mapping: they are the file's, or are gone, or cannot
     * be read, which {@link #intactBytes} tells from then on.
     */
    @Override
    public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
        int copied = 0;
        while (copied < length) {
            final int at = offset + copied;
            if (at < windowStart || at >= windowStart + windowLength) {
                readWindow(at);
                if (windowLength == 0) {
                    break;
                }
            }
            final int part = Math.min(length - copied, windowStart + windowLength - at);
            target.put(targetOffset + copied, window, at - windowStart, part);
            copied += part;
        }
        return copied;
    }

    private void readWindow(final int from) {
        if (window.length == 0) {
            window = file.takeWindow();
        }
        windowStart = from;
        final int count = file.read(start + from, window);
        if (count < 0) {
            unreadableFrom = Math.min(unreadableFrom, from);
        }
        windowLength = Math.max(0, Math.min(count, capacity() - from));
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    protected void recycle() {
        if (window.length > 0) {
            file.giveWindow(window);
        }
        file.close();
    }
}
