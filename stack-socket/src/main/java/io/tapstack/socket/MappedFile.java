package io.tapstack.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file opened for reading, with its size at that time, and its bytes mapped into memory in chunks of at most 1 GiB.
 * Safe for use by several threads and by several connections.
 *
 * <p>The descriptor is counted: a holder that {@linkplain #retain() retains} the file {@linkplain #close() closes} it
 * once, and a connection retains it until the peer has acknowledged its bytes. The mappings are not counted: the
 * garbage collector frees them with the last buffer that refers to them, so a buffer never points at unmapped memory.
 *
 * <p><b>A mapped file can be cut short by another process.</b> Then touching a page beyond its end from Java throws
 * {@link InternalError}, and the rest of its last page reads as zeros. A reader of the bytes checks {@link #sizeNow()}
 * afterwards, and trusts only the bytes below it.
 *
 * <p><b>Interrupts.</b> An interrupted thread that calls almost any method of a {@link FileChannel} closes it for all
 * threads. Therefore the file is mapped at once when it is opened, and {@link UninterruptedReads} reads it and its
 * size. {@link #channel()} is for threads that are never interrupted.
 */
public final class MappedFile implements AutoCloseable {

    /** The size of every chunk but the last. */
    public static final int CHUNK_BYTES = 1 << 30;

    private static final int WINDOW_BYTES = 65_536;

    private static final Set<OpenOption> READ_ONLY = Set.of(StandardOpenOption.READ);

    private static final Logger LOG = LoggerFactory.getLogger(MappedFile.class);

    private final Path path;
    private final FileReads file;
    private final FileChannel channel;
    private final long size;
    private final MappedByteBuffer[] chunks;
    private final AtomicReference<byte @Nullable []> spareWindow = new AtomicReference<>();
    private final AtomicInteger references = new AtomicInteger(1);
    private final AtomicBoolean failed = new AtomicBoolean();

    /** @param file and {@code channel} are of the same file, and closed with this */
    MappedFile(final Path path, final FileReads file, final FileChannel channel) throws IOException {
        this.path = path;
        this.file = file;
        this.channel = channel;
        this.size = file.size();
        this.chunks = new MappedByteBuffer[Math.toIntExact((size + CHUNK_BYTES - 1) / CHUNK_BYTES)];
        for (int i = 0; i < chunks.length; i++) {
            final long start = (long) i * CHUNK_BYTES;
            chunks[i] = channel.map(MapMode.READ_ONLY, start, Math.min(CHUNK_BYTES, size - start));
        }
    }

    /** Opens and maps a file; the caller holds the first reference. */
    public static MappedFile open(final Path path) throws IOException {
        final FileReads file = new UninterruptedReads(path);
        try {
            final Object key = key(path);
            final FileChannel channel = FileChannel.open(path, READ_ONLY);
            try {
                // Both were opened while the path led to the file with this key, if it led there before and after.
                if (!Objects.equals(key, key(path))) {
                    throw new FileSystemException(path.toString(), null, "replaced while it was opened");
                }
                return new MappedFile(path, file, channel);
            } catch (final IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (final IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The size in bytes when the file was opened. */
    public long size() {
        return size;
    }

    /**
     * The size in bytes that the file has now: smaller than {@link #size()} if it was cut short since, and 0 if it
     * cannot be read, because the last reference is gone.
     */
    public long sizeNow() {
        try {
            return file.size();
        } catch (final IOException e) {
            return 0;
        }
    }

    /**
     * Reads bytes by {@code read(2)}, which, unlike touching the mapping, is safe when the file is cut short. Not
     * interruptible.
     *
     * @return the number of bytes read, 0 at the present end of the file, -1 if it cannot be read
     */
    int read(final long position, final byte[] target) {
        try {
            return Math.max(0, read(ByteBuffer.wrap(target), position));
        } catch (final ClosedChannelException e) {
            return 0;
        } catch (final IOException e) {
            return -1;
        }
    }

    /**
     * Reads bytes by {@code pread(2)} into the remaining space of a buffer. Not interruptible.
     *
     * @return the number of bytes read, or -1 at the present end of the file
     */
    public int read(final ByteBuffer target, final long position) throws IOException {
        try {
            return file.read(target, position);
        } catch (final ClosedChannelException e) {
            throw e;
        } catch (final IOException e) {
            noteFailure(position, e);
            throw e;
        }
    }

    /** True if some of the file could not be read, though it has not been cut short: a failure of the disk. */
    public boolean hasFailed() {
        return failed.get();
    }

    private void noteFailure(final long position, final IOException failure) {
        if (failed.compareAndSet(false, true)) {
            LOG.warn(
                    "cannot read {} at {}: {}; connections that send it are reset",
                    path,
                    position,
                    failure.getMessage());
        }
    }

    /**
     * The open file, for positional reads and {@code transferTo}. Must not be closed, nor used by a thread that may be
     * interrupted.
     */
    public FileChannel channel() {
        return channel;
    }

    /**
     * A read-only view of the mapping that starts at {@code position} and has up to {@code maxLength} bytes; fewer
     * where the chunk or the file ends.
     *
     * @param position from 0 to below {@link #size()}
     */
    public ByteBuffer slice(final long position, final int maxLength) {
        if (position < 0 || position >= size || maxLength < 0) {
            throw new IndexOutOfBoundsException("position " + position + ", length " + maxLength + " of " + size);
        }
        final ByteBuffer chunk = chunks[(int) (position / CHUNK_BYTES)];
        final int from = (int) (position % CHUNK_BYTES);
        return chunk.slice(from, Math.min(maxLength, chunk.capacity() - from));
    }

    /**
     * Takes one more reference, which the caller returns by {@link #close()}.
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

    /** A buffer for reading ahead: 45 segments of an Ethernet, which share the system calls for one. */
    byte[] takeWindow() {
        final byte[] spare = spareWindow.getAndSet(null);
        return spare == null ? new byte[WINDOW_BYTES] : spare;
    }

    /** Returns {@code window} for the next reader. */
    void giveWindow(final byte[] window) {
        spareWindow.set(window);
    }

    /** Returns one reference; the last one closes the file. Buffers stay valid. */
    @Override
    public void close() {
        final int count = references.decrementAndGet();
        if (count < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("closed more often than retained");
        }
        if (count == 0) {
            try {
                file.close();
                channel.close();
            } catch (final IOException e) {
                // Nothing was written, so nothing can be lost; the failure is unexpected and must be seen.
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * A region over the chunk that holds the byte at {@code position}, held once by the caller, for use in the stack
     * whose lock the caller holds.
     *
     * @throws IllegalStateException if the last reference to the file is gone
     */
    MappedRegion region(final long position) {
        if (!retain()) {
            throw new IllegalStateException("the file is closed");
        }
        final int chunk = (int) (position / CHUNK_BYTES);
        return new MappedRegion(this, chunks[chunk], (long) chunk * CHUNK_BYTES);
    }

    private static @Nullable Object key(final Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}
