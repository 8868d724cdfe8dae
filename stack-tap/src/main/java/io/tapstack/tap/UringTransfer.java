package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Moves frames in batches, each by one {@code io_uring_enter(2)}. A frame to send is copied to a slot of registered
 * memory, because its owner may change it before the end of the batch; received frames are copied from their slots to
 * blocks of the pool. Frames too large for a slot, and batches too small to pay, pass by {@code read(2)} and
 * {@code write(2)}.
 *
 * <p>All requests are non-blocking, and a TAP answers such a request before {@code io_uring_enter} returns, in the
 * order of the queue. So the order on the wire is that of sending, and between calls the kernel holds no memory.
 */
final class UringTransfer implements FrameTransfer {

    /** Most frames of a batch, each way. */
    static final int MAX_SLOTS = 64;

    private static final int MIN_SLOTS = 8;

    /** Memory for the slots of a direction. */
    private static final int SLOTS_BYTES = 1 << 17;

    /** Smallest batch to send for which io_uring costs less than {@code write(2)}. */
    private static final int SMALLEST_WRITE_BATCH = 4;

    /** Frames in a row after which {@code read(2)} gives way to a batch, and the size of that. */
    private static final int READS_BEFORE_BATCH = 3;

    private static final int SMALLEST_READ_BATCH = 8;

    /** Reads that are not made because frames come one by one, for each that is. */
    private static final int LOOKS_SKIPPED = 8;

    private static final int CACHE_LINE = 64;
    private static final int TAP = 0;

    /** Of a read's user data; a write's is its slot. */
    private static final int IS_READ = 1 << 16;

    private final int fd;
    private final int headerBytes;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final WaitRing wait;
    private final IoUring ring;
    private final MappedMemory memory;
    private final int slotBytes;
    private final int slots;

    // The frames to send, in order: the slot of each, and by slot its length.
    private final int[] order;
    private final int[] lengths;
    private final int[] written;
    private int staged;
    private boolean refused;
    private int lost;

    // The frames of the last batch of reads, by slot: length, or an error number with a minus.
    private final int[] read;
    private int readSlots;
    private int readNext;

    // Of the last batch; read without the lock by the thread that waits.
    private volatile int framesLeft;

    private boolean drained;
    private int batch = 1;
    private int readsInARow;
    private boolean large;
    private int errno;

    // Frames since the last read without one; whether there was one only, and how often that was taken for granted.
    private int found;
    private boolean single;
    private int looksSkipped;

    private UringTransfer(
            final int fd,
            final int headerBytes,
            final int mtu,
            final FrameReader reader,
            final FrameWriter writer,
            final WaitRing wait,
            final IoUring ring,
            final MappedMemory memory) {
        this.fd = fd;
        this.headerBytes = headerBytes;
        this.reader = reader;
        this.writer = writer;
        this.wait = wait;
        this.ring = ring;
        this.memory = memory;
        this.slotBytes = slotBytes(headerBytes, mtu);
        this.slots = slots(slotBytes);
        this.order = new int[slots];
        Arrays.setAll(order, slot -> slot);
        this.lengths = new int[slots];
        this.written = new int[slots];
        this.read = new int[slots];
    }

    /**
     * Sets up a ring for a TAP.
     *
     * @throws RingRefusedException if that is not possible here
     */
    static UringTransfer open(
            final IoUring.Setup setup,
            final TunFile file,
            final int headerBytes,
            final int mtu,
            final FrameReader reader,
            final FrameWriter writer,
            final WaitRing wait)
            throws RingRefusedException {
        final int slotBytes = slotBytes(headerBytes, mtu);
        final IoUring ring = IoUring.open(setup, 2 * Integer.highestOneBit(2 * slots(slotBytes) - 1), 0);
        MappedMemory memory = null;
        try {
            memory = MappedMemory.anonymous(2 * slots(slotBytes) * slotBytes);
            ring.registerFiles(file.fd());
            ring.registerBuffer(memory);
            final UringTransfer transfer =
                    new UringTransfer(file.fd(), headerBytes, mtu, reader, writer, wait, ring, memory);
            transfer.requireAnswerAtOnce();
            return transfer;
        } catch (final RingRefusedException refusal) {
            ring.close();
            if (memory != null) {
                memory.unmap();
            }
            throw refusal;
        }
    }

    private static int slotBytes(final int headerBytes, final int mtu) {
        final int bytes = FrameReader.room(headerBytes, mtu);
        return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    }

    private static int slots(final int slotBytes) {
        return Math.max(MIN_SLOTS, Math.min(MAX_SLOTS, SLOTS_BYTES / slotBytes));
    }

    /**
     * Writes an empty frame, which no TAP accepts. A kernel whose TAP cannot answer at once says EOPNOTSUPP instead.
     */
    private void requireAnswerAtOnce() throws RingRefusedException {
        lengths[0] = 0;
        prepareWrite(0);
        exchange(1, 0);
        if (written[0] == -LibC.EOPNOTSUPP) {
            throw new RingRefusedException("write to a TAP through io_uring", LibC.EOPNOTSUPP);
        }
    }

    // ---- Sending

    @Override
    public int write(final PacketBuffer frame) {
        final int length = headerBytes + frame.length();
        if (length > slotBytes || FrameWriter.hasSharedSlice(frame)) {
            // A mapped file is the kernel's to gather, which knows of bytes that are gone.
            final int error = flush();
            return error == TAKEN ? writer.write(frame) : error;
        }
        if (staged == slots || refused) {
            final int error = flush();
            if (error != TAKEN) {
                return error;
            }
        }
        final int slot = order[staged];
        if (!FrameWriter.copy(frame, headerBytes, memory.bytes, slot * slotBytes)) {
            return LibC.EFAULT;
        }
        lengths[slot] = length;
        staged++;
        return TAKEN;
    }

    @Override
    public boolean isUnflushed() {
        return staged > 0;
    }

    @Override
    public int flush() {
        if (staged < SMALLEST_WRITE_BATCH) {
            return writeEach();
        }
        for (int i = 0; i < staged; i++) {
            prepareWrite(order[i]);
        }
        exchange(staged, 0);
        return settle(staged);
    }

    private int writeEach() {
        for (int i = 0; i < staged; i++) {
            final int slot = order[i];
            final int error = FrameWriter.write(fd, memory.address + slot * slotBytes, lengths[slot]);
            written[slot] = -error;
            if (isRefusal(error)) {
                return settle(i + 1);
            }
        }
        return settle(staged);
    }

    /**
     * Keeps the frames that were refused, and those behind the first {@code tried}, in their order.
     *
     * @return {@link #TAKEN}, or the error of a frame that was refused
     */
    private int settle(final int tried) {
        int error = TAKEN;
        int kept = 0;
        for (int i = 0; i < staged; i++) {
            final int slot = order[i];
            final int result = i < tried ? written[slot] : -LibC.EAGAIN;
            if (result == -LibC.EINVAL) {
                lost++;
            } else if (result < 0) {
                if (i < tried) {
                    error = -result;
                }
                order[i] = order[kept];
                order[kept] = slot;
                kept++;
            }
        }
        staged = kept;
        refused = error != TAKEN;
        return error;
    }

    private static boolean isRefusal(final int error) {
        return error != TAKEN && error != LibC.EINVAL;
    }

    @Override
    public int takeLost() {
        final int count = lost;
        lost = 0;
        return count;
    }

    private void prepareWrite(final int slot) {
        ring.prepare(
                IoUring.WRITE_FIXED, TAP, memory.address + slot * slotBytes, lengths[slot], IoUring.RWF_NOWAIT, slot);
    }

    // ---- Receiving

    @Override
    public @Nullable PacketBuffer read(final BufferPool pool) {
        final PacketBuffer frame = next(pool);
        if (frame != null) {
            found++;
        } else if (drained) {
            drained = false;
            found = 0;
        } else {
            single = found <= 1;
            looksSkipped = 0;
            found = 0;
        }
        return frame;
    }

    private @Nullable PacketBuffer next(final BufferPool pool) {
        final PacketBuffer ofBatch = nextOfBatch(pool);
        if (ofBatch != null) {
            return ofBatch;
        }
        errno = LibC.EAGAIN;
        if (drained) {
            return null;
        }
        final PacketBuffer landed = wait.take(pool);
        if (landed != null) {
            noteSize(landed);
            // Frames that come one by one need no look for another, but now and then.
            drained = single && ++looksSkipped < LOOKS_SKIPPED;
            return landed;
        }
        if (!wait.claim()) {
            return null;
        }
        try {
            return batch == 1 ? readOne(pool) : readBatch(pool);
        } finally {
            wait.release();
        }
    }

    private @Nullable PacketBuffer readOne(final BufferPool pool) {
        if (large && staged > 0) {
            // The sender of super-segments waits for our ACK of the last one.
            flush();
        }
        final PacketBuffer frame = reader.read(pool);
        if (frame == null) {
            errno = reader.errno();
            readsInARow = 0;
            return null;
        }
        noteSize(frame);
        if (headerBytes == 0 && ++readsInARow == READS_BEFORE_BATCH) {
            readsInARow = 0;
            batch = SMALLEST_READ_BATCH;
        }
        return frame;
    }

    private void noteSize(final PacketBuffer frame) {
        large = headerBytes + frame.length() > slotBytes;
        wait.expectLarge(large);
    }

    private @Nullable PacketBuffer readBatch(final BufferPool pool) {
        readBatch();
        final PacketBuffer frame = nextOfBatch(pool);
        if (frame == null) {
            drained = false;
            batch = 1;
        }
        return frame;
    }

    @Override
    public boolean hasFrames() {
        return framesLeft > 0;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // with the stack's lock
    private @Nullable PacketBuffer nextOfBatch(final BufferPool pool) {
        while (readNext < readSlots) {
            final int slot = readNext++;
            if (read[slot] > 0) {
                framesLeft--;
                return FrameReader.frame(pool, memory.bytes, (slots + slot) * slotBytes, read[slot]);
            }
        }
        return null;
    }

    /** Frames that wait to be sent leave in the same call. */
    private void readBatch() {
        final int writes = staged;
        for (int i = 0; i < writes; i++) {
            prepareWrite(order[i]);
        }
        final int reads = Math.min(batch, slots);
        for (int slot = 0; slot < reads; slot++) {
            final long address = memory.address + (slots + slot) * slotBytes;
            ring.prepare(IoUring.READ_FIXED, TAP, address, slotBytes, IoUring.RWF_NOWAIT, IS_READ | slot);
        }
        exchange(writes, reads);
        settle(writes); // an error shows again at the next flush
        readNext = 0;
        readSlots = reads;
        int frames = 0;
        errno = LibC.EAGAIN;
        for (int slot = 0; slot < reads; slot++) {
            if (read[slot] > 0) {
                frames++;
            } else if (read[slot] != -LibC.EAGAIN) {
                errno = -read[slot];
            }
        }
        framesLeft = frames;
        drained = frames < reads;
        // Reads that find nothing cost a quarter of those that find a frame.
        batch = drained ? Math.max(1, Math.min(batch, 2 * frames)) : Math.min(2 * batch, slots);
    }

    @Override
    public int errno() {
        return errno;
    }

    // ---- The ring

    /** Submits the prepared requests, and notes their results. */
    private void exchange(final int writes, final int reads) {
        int left = writes + reads;
        while (left > 0) {
            // All answers are there after the first call. If not, the memory is the kernel's until they are.
            final boolean wait = ring.unsubmitted() == 0;
            final int error = wait ? ring.enter(1, IoUring.ENTER_GETEVENTS) : ring.enter(0, 0);
            if (error != TAKEN && error != LibC.EINTR && error != LibC.EAGAIN && error != LibC.EBUSY) {
                throw new IllegalStateException("io_uring_enter: " + LibC.describe(error));
            }
            while (ring.hasCompletion()) {
                final int request = (int) ring.userData();
                if ((request & IS_READ) != 0) {
                    read[request - IS_READ] = ring.result();
                } else {
                    written[request] = ring.result();
                }
                ring.next();
                left--;
            }
        }
    }

    @Override
    public void close() {
        ring.close();
        memory.unmap();
    }
}
