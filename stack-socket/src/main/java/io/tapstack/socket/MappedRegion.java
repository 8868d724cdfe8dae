package io.tapstack.socket;

import io.tapstack.buffer.Region;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * A chunk of a mapped file, as one stack refers to it. Like every region it is counted with the stack's lock held; it
 * keeps the file's descriptor open while a reference to it exists, so that the file's size can be read.
 */
final class MappedRegion extends Region {

    /** For so long a look at the file's size serves for the next gather: the time of a few gathers. */
    static final long RECENT_NANOS = 100_000;

    private final MappedFile file;
    private final long start;
    private final LongSupplier nanoTime;

    // The result of the last look at the file's size.
    private boolean looked;
    private long lookedNanos;
    private int intact;

    // The bytes read last, for devices that need a copy. Only then is there a window.
    private byte[] window = new byte[0];
    private int windowStart;
    private int windowLength;

    // The offset of a failed read. The bytes from there on count as gone, so that the sender gives up, as with a file
    // that was cut short.
    private int unreadableFrom = Integer.MAX_VALUE;

    /** @param start offset of the chunk in the file */
    MappedRegion(final MappedFile file, final ByteBuffer chunk, final long start) {
        this(file, chunk, start, System::nanoTime);
    }

    /** @param nanoTime the time, as by {@link System#nanoTime()} */
    MappedRegion(final MappedFile file, final ByteBuffer chunk, final long start, final LongSupplier nanoTime) {
        super(chunk);
        this.file = file;
        this.start = start;
        this.nanoTime = nanoTime;
    }

    /** The offset of the chunk in the file. */
    long start() {
        return start;
    }

    @Override
    public int intactBytes() {
        lookedNanos = nanoTime.getAsLong();
        looked = true;
        intact = (int) Math.max(0, Math.min(capacity(), file.sizeNow() - start));
        return Math.min(intact, unreadableFrom);
    }

    /** {@inheritDoc} In a bulk transfer the look after one gather serves the next one: decision 22. */
    @Override
    public int expectedBytes() {
        final boolean recent = looked && nanoTime.getAsLong() - lookedNanos <= RECENT_NANOS;
        return recent ? Math.min(intact, unreadableFrom) : intactBytes();
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
