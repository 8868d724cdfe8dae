package io.tapstack.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A file opened for reading, its size as it was then, and its bytes mapped into memory in chunks of at most 1 GiB. A chunk
 * is mapped when it is first asked for. Safe for use by several threads.
 *
 * <p>The descriptor is counted: whoever {@linkplain #retain() retains} the file {@linkplain #close() closes} it once. The
 * mappings are not: they go when no buffer refers to them any more, so a buffer can never point at unmapped memory.
 *
 * <p><b>A mapped file can be cut short by others.</b> Then touching a page beyond its end from Java throws
 * {@link InternalError}, and the rest of its last page reads as zeros. Whoever uses the bytes looks at {@link #sizeNow()}
 * after the use, and trusts only those below it.
 */
public final class MappedFile implements AutoCloseable {

    /** The size of every chunk but the last. */
    public static final int CHUNK_BYTES = 1 << 30;

    private final FileChannel channel;
    private final long size;
    private final AtomicReferenceArray<MappedByteBuffer> chunks;
    private final AtomicInteger references = new AtomicInteger(1);

    private MappedFile(final FileChannel channel, final long size) {
        this.channel = channel;
        this.size = size;
        this.chunks = new AtomicReferenceArray<>(Math.toIntExact((size + CHUNK_BYTES - 1) / CHUNK_BYTES));
    }

    /** Opens a file; the caller holds the first reference. */
    public static MappedFile open(final Path path) throws IOException {
        final FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new MappedFile(channel, channel.size());
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The size in bytes when the file was opened. */
    public long size() {
        return size;
    }

    /** The size in bytes that the file has at this moment: smaller than {@link #size()} if it was cut short since. */
    public long sizeNow() throws IOException {
        return channel.size();
    }

    /** The open file, for positional reads and {@code transferTo}. Not to be closed or written to. */
    public FileChannel channel() {
        return channel;
    }

    /**
     * A read-only view of the mapping that starts at {@code position} and has up to {@code maxLength} bytes; fewer where
     * the chunk or the file ends.
     *
     * @param position from 0 to below {@link #size()}
     * @throws IOException when the file cannot be mapped, for instance because it was cut short
     */
    public ByteBuffer slice(final long position, final int maxLength) throws IOException {
        if (position < 0 || position >= size || maxLength < 0) {
            throw new IndexOutOfBoundsException("position " + position + ", length " + maxLength + " of " + size);
        }
        final ByteBuffer chunk = chunk((int) (position / CHUNK_BYTES));
        final int from = (int) (position % CHUNK_BYTES);
        return chunk.slice(from, Math.min(maxLength, chunk.capacity() - from));
    }

    /**
     * Takes one more reference, which the caller gives back by {@link #close()}.
     *
     * @return false if the last reference is gone, and with it the descriptor
     */
    public boolean retain() {
        int count;
        do {
            count = references.get();
            if (count == 0) {
                return false;
            }
        } while (!references.compareAndSet(count, count + 1));
        return true;
    }

    /** Gives back one reference; the last one closes the file. Buffers handed out stay valid. */
    @Override
    public void close() throws IOException {
        final int count = references.decrementAndGet();
        if (count < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("closed more often than retained");
        }
        if (count == 0) {
            channel.close();
        }
    }

    private MappedByteBuffer chunk(final int index) throws IOException {
        final MappedByteBuffer known = chunks.get(index);
        if (known != null) {
            return known;
        }
        final long start = (long) index * CHUNK_BYTES;
        final MappedByteBuffer mapped = channel.map(MapMode.READ_ONLY, start, Math.min(CHUNK_BYTES, size - start));
        return chunks.compareAndSet(index, null, mapped) ? mapped : chunks.get(index);
    }
}
