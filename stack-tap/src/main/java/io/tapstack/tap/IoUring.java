package io.tapstack.tap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An io_uring: requests go to the kernel through the submission queue (SQ), results come back through the completion
 * queue (CQ), both in shared memory. {@code <linux/io_uring.h>}:
 *
 * <pre>
 *   struct io_uring_sqe  0        1       4    8     16     24    28         32          40
 *                        | opcode | flags | fd | off | addr | len | rw_flags | user_data | buf_index |
 *   struct io_uring_cqe  0           8     12
 *                        | user_data | res | flags |
 * </pre>
 *
 * The side that adds to a queue writes its tail with release, and the other reads it with acquire; likewise the head.
 * One thread at a time uses a ring.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/io_uring.7.html">io_uring(7)</a>
 */
final class IoUring {

    /** {@code io_uring_setup(2)}; a test takes its place to play a kernel that refuses. */
    interface Setup {

        /** The kernel's. */
        Setup KERNEL = (entries, params) -> {
            final long fd = LibC.CALLS.syscall(SYS_IO_URING_SETUP, entries, params, 0, 0, 0);
            return fd < 0 ? -LibC.errno() : (int) fd;
        };

        /**
         * @param params the address of a struct io_uring_params
         * @return a descriptor, or an error number with a minus
         */
        int call(int entries, long params);
    }

    // enum io_uring_op
    static final int READ_FIXED = 4;
    static final int WRITE_FIXED = 5;
    static final int TIMEOUT = 11;
    static final int TIMEOUT_REMOVE = 12;
    static final int ASYNC_CANCEL = 14;

    // sqe->flags: fd is an index of the registered files; no completion unless the request fails
    private static final int IOSQE_FIXED_FILE = 1;
    private static final int IOSQE_CQE_SKIP_SUCCESS = 1 << 6;

    // sqe->timeout_flags: the time is that of CLOCK_MONOTONIC; the request changes another one's time
    private static final int TIMEOUT_ABS = 1;
    private static final int TIMEOUT_UPDATE = 1 << 1;

    // sqe->cancel_flags: all requests
    private static final int ASYNC_CANCEL_ALL = 1;
    private static final int ASYNC_CANCEL_ANY = 1 << 2;

    /** {@code sqe->rw_flags} of {@code <linux/fs.h>}: answer EAGAIN instead of waiting. */
    static final int RWF_NOWAIT = 8;

    // io_uring_setup() flags
    static final int SETUP_SINGLE_ISSUER = 1 << 12;
    static final int SETUP_DEFER_TASKRUN = 1 << 13;

    // io_uring_enter() flags
    static final int ENTER_GETEVENTS = 1;

    // The same numbers on all architectures.
    private static final long SYS_IO_URING_SETUP = 425;
    private static final long SYS_IO_URING_ENTER = 426;
    private static final long SYS_IO_URING_REGISTER = 427;

    private static final int REGISTER_BUFFERS = 0;
    private static final int REGISTER_FILES = 2;
    private static final int UNREGISTER_FILES = 3;

    // struct io_uring_params
    private static final int PARAMS_BYTES = 120;
    private static final int SQ_ENTRIES = 0;
    private static final int CQ_ENTRIES = 4;
    private static final int FLAGS = 8;
    private static final int FEATURES = 20;
    private static final int SQ_OFFSETS = 40;
    private static final int CQ_OFFSETS = 80;

    // struct io_sqring_offsets and io_cqring_offsets
    private static final int HEAD = 0;
    private static final int TAIL = 4;
    private static final int SQ_ARRAY = 24;
    private static final int CQES = 20;

    /** One mapping for both queues (Linux 5.4), and no completion lost (5.5). */
    private static final int NEEDED_FEATURES = 1 | 1 << 1;

    private static final long OFFSET_OF_RINGS = 0;
    private static final long OFFSET_OF_SQES = 0x1000_0000L;
    private static final int SQE_BYTES = 64;
    private static final int CQE_BYTES = 16;
    private static final int IOVEC_BYTES = 16;

    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final int fd;
    private final MappedMemory rings;
    private final MappedMemory entries;
    private final ByteBuffer queues;
    private final ByteBuffer sqes;
    private final int sqHeadAt;
    private final int sqTailAt;
    private final int sqMask;
    private final int cqHeadAt;
    private final int cqTailAt;
    private final int cqesAt;
    private final int cqMask;
    private int sqTail;
    private int cqHead;

    private IoUring(final int fd, final ByteBuffer params) throws RingRefusedException {
        this.fd = fd;
        final int sqEntries = params.getInt(SQ_ENTRIES);
        final int cqEntries = params.getInt(CQ_ENTRIES);
        final int arrayAt = params.getInt(SQ_OFFSETS + SQ_ARRAY);
        this.sqHeadAt = params.getInt(SQ_OFFSETS + HEAD);
        this.sqTailAt = params.getInt(SQ_OFFSETS + TAIL);
        this.sqMask = sqEntries - 1;
        this.cqHeadAt = params.getInt(CQ_OFFSETS + HEAD);
        this.cqTailAt = params.getInt(CQ_OFFSETS + TAIL);
        this.cqesAt = params.getInt(CQ_OFFSETS + CQES);
        this.cqMask = cqEntries - 1;
        final int size = Math.max(arrayAt + sqEntries * Integer.BYTES, cqesAt + cqEntries * CQE_BYTES);
        this.rings = MappedMemory.shared(fd, OFFSET_OF_RINGS, size);
        try {
            this.entries = MappedMemory.shared(fd, OFFSET_OF_SQES, sqEntries * SQE_BYTES);
        } catch (final RingRefusedException refused) {
            rings.unmap();
            throw refused;
        }
        this.queues = rings.bytes;
        this.sqes = entries.bytes;
        // The queue of indices stays as it is: request i is at place i.
        for (int i = 0; i < sqEntries; i++) {
            queues.putInt(arrayAt + i * Integer.BYTES, i);
        }
    }

    /**
     * Sets up a ring.
     *
     * @param entries most requests between two calls of {@link #enter}; a power of two
     * @param flags SETUP_*
     */
    static IoUring open(final Setup setup, final int entries, final int flags) throws RingRefusedException {
        final NativeStruct params = new NativeStruct(PARAMS_BYTES);
        params.bytes.putInt(FLAGS, flags);
        final int fd = setup.call(entries, params.address);
        if (fd < 0) {
            throw new RingRefusedException("io_uring_setup", -fd);
        }
        try {
            final int features = params.bytes.getInt(FEATURES);
            if ((features & NEEDED_FEATURES) != NEEDED_FEATURES) {
                throw new RingRefusedException("the io_uring of this kernel is too old");
            }
            return new IoUring(fd, params.bytes);
        } catch (final RingRefusedException refused) {
            LibC.CALLS.close(fd);
            throw refused;
        }
    }

    /** Registers files, which requests name by their index. */
    void registerFiles(final int... fds) throws RingRefusedException {
        final NativeStruct array = new NativeStruct(fds.length * Integer.BYTES);
        for (int i = 0; i < fds.length; i++) {
            array.bytes.putInt(i * Integer.BYTES, fds[i]);
        }
        register(REGISTER_FILES, array.address, fds.length);
    }

    /** Registers memory as buffer 0. */
    void registerBuffer(final MappedMemory memory) throws RingRefusedException {
        final NativeStruct iovec = new NativeStruct(IOVEC_BYTES);
        iovec.bytes.putLong(0, memory.address);
        iovec.bytes.putLong(Long.BYTES, memory.size);
        register(REGISTER_BUFFERS, iovec.address, 1);
    }

    private void register(final int opcode, final long argument, final int count) throws RingRefusedException {
        if (LibC.CALLS.syscall(SYS_IO_URING_REGISTER, fd, opcode, argument, count, 0) < 0) {
            throw new RingRefusedException("io_uring_register", LibC.errno());
        }
    }

    /**
     * Adds a request of reading or writing to the submission queue, which must have room: all requests are submitted by
     * the next {@link #enter}.
     *
     * @param file index of the registered file
     * @param userData what its completion shows
     */
    void prepare(
            final int opcode,
            final int file,
            final long address,
            final int length,
            final int rwFlags,
            final long userData) {
        // No offset: the file has no position.
        add(opcode, IOSQE_FIXED_FILE, file, -1, address, length, rwFlags, userData);
    }

    /** Adds a request that completes at a time of CLOCK_MONOTONIC; {@code timespec} is read before enter returns. */
    void prepareTimeout(final long timespec, final long userData) {
        add(TIMEOUT, 0, -1, 0, timespec, 1, TIMEOUT_ABS, userData);
    }

    /** Adds a request that moves the timeout {@code target}, and completes only if that is over. */
    void prepareTimeoutUpdate(final long target, final long timespec, final long userData) {
        final int flags = TIMEOUT_ABS | TIMEOUT_UPDATE;
        add(TIMEOUT_REMOVE, IOSQE_CQE_SKIP_SUCCESS, -1, timespec, target, 0, flags, userData);
    }

    /** Adds a request that cancels all others. */
    void prepareCancelAll(final long userData) {
        add(ASYNC_CANCEL, 0, -1, 0, 0, 0, ASYNC_CANCEL_ALL | ASYNC_CANCEL_ANY, userData);
    }

    private void add(
            final int opcode,
            final int flags,
            final int file,
            final long offset,
            final long address,
            final int length,
            final int opcodeFlags,
            final long userData) {
        final int at = (sqTail & sqMask) * SQE_BYTES;
        sqes.putInt(at, opcode | flags << 8); // ioprio 0
        sqes.putInt(at + 4, file);
        sqes.putLong(at + 8, offset);
        sqes.putLong(at + 16, address);
        sqes.putInt(at + 24, length);
        sqes.putInt(at + 28, opcodeFlags);
        sqes.putLong(at + 32, userData);
        sqes.putLong(at + 40, 0); // buffer 0
        sqTail++;
    }

    /** The number of requests that were prepared and that the kernel has not taken yet. */
    int unsubmitted() {
        return sqTail - (int) INTS.getAcquire(queues, sqHeadAt);
    }

    /**
     * Submits the prepared requests, and waits for completions if the flags say so.
     *
     * @param minComplete completions to wait for, with {@link #ENTER_GETEVENTS}
     * @return {@link FrameTransfer#TAKEN} or the error number
     */
    int enter(final int minComplete, final int flags) {
        INTS.setRelease(queues, sqTailAt, sqTail);
        // The last two arguments are a signal mask, none, and its size, which then has no meaning.
        final long result = LibC.CALLS.syscall(SYS_IO_URING_ENTER, fd, unsubmitted(), minComplete, flags, 0);
        return result < 0 ? LibC.errno() : 0;
    }

    /** True if a completion is there; {@link #userData()} and {@link #result()} show it until {@link #next()}. */
    boolean hasCompletion() {
        return cqHead != (int) INTS.getAcquire(queues, cqTailAt);
    }

    /** The request of the completion. */
    long userData() {
        return queues.getLong(cqesAt + (cqHead & cqMask) * CQE_BYTES);
    }

    /** The result of the completion, as of the system call, with a minus before an error number. */
    int result() {
        return queues.getInt(cqesAt + (cqHead & cqMask) * CQE_BYTES + Long.BYTES);
    }

    /** Gives the completion's place back. */
    void next() {
        cqHead++;
        INTS.setRelease(queues, cqHeadAt, cqHead);
    }

    /**
     * Lets the registered files go, unless a request uses them; after that there are no more requests of files. Of a
     * ring of a single issuer only that thread can do it.
     */
    void unregisterFiles() {
        LibC.CALLS.syscall(SYS_IO_URING_REGISTER, fd, UNREGISTER_FILES, 0, 0, 0);
    }

    /**
     * Closes the ring. The kernel cancels the requests that wait, and ends the ring, in the background; the registered
     * files are let go at once if {@link #unregisterFiles()} can do that.
     */
    void close() {
        unregisterFiles();
        rings.unmap();
        entries.unmap();
        LibC.CALLS.close(fd);
    }
}
