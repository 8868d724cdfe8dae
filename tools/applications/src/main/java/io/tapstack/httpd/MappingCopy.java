package io.tapstack.httpd;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies bytes out of a mapped file by {@code process_vm_readv(2)} on our own process: the kernel touches the mapping,
 * and an unreadable page is EFAULT. If Java touched it, that would be a SIGBUS, which HotSpot turns into an
 * {@link InternalError} that compiled code gets late: anywhere further on in the thread, even with the stack's lock
 * held, and the stack's state half changed.
 *
 * <p>Safe for use by several threads.
 */
final class MappingCopy {

    private static final Logger LOG = LoggerFactory.getLogger(MappingCopy.class);

    /** Public so that the class that jnr-ffi generates may implement it. */
    public interface Calls {

        /** process_vm_readv(2). (jnr-ffi does not pass six arguments correctly as numbers, but does as pointers.) */
        long process_vm_readv(int pid, Pointer local, long localCount, Pointer remote, long remoteCount, long flags);
    }

    // struct iovec[2] on a 64 bit machine, and behind it the buffer of the first one.
    private static final int LOCAL_BASE_FIELD_OFFSET = 0;
    private static final int LOCAL_LENGTH_FIELD_OFFSET = 8;
    private static final int REMOTE_FIELD_OFFSET = 16;
    private static final int REMOTE_BASE_FIELD_OFFSET = 16;
    private static final int REMOTE_LENGTH_FIELD_OFFSET = 24;
    private static final int ROOM_OFFSET = 32;
    private static final int ROOM_BYTES = 64 * 1024;

    private static final int MAX_SPARE = 16;

    private final Optional<Calls> calls;
    private final int pid = Math.toIntExact(ProcessHandle.current().pid());
    private final Queue<ByteBuffer> spare = new ArrayBlockingQueue<>(MAX_SPARE);

    /** @param calls empty on a machine without them: then nothing is copied */
    MappingCopy(final Optional<Calls> calls) {
        this.calls = calls;
    }

    /** The copy by this machine's C library; it refuses each call if the native part of jnr-ffi does not load. */
    static MappingCopy ofThisMachine() {
        return Machine.COPY;
    }

    /**
     * Copies the remaining bytes of {@code from}, which stays as it is, to the front of {@code into}: at most 64 KiB,
     * and fewer where a page is unreadable.
     *
     * @param from direct
     * @return the number of bytes copied; 0 if the first page is unreadable, or this machine refuses the call
     */
    int copy(final ByteBuffer from, final byte[] into) {
        if (calls.isEmpty()) {
            return 0;
        }
        final ByteBuffer taken = spare.poll();
        final ByteBuffer memory = taken != null
                ? taken
                : ByteBuffer.allocateDirect(ROOM_OFFSET + ROOM_BYTES).order(ByteOrder.nativeOrder());
        final int length = Math.min(ROOM_BYTES, Math.min(from.remaining(), into.length));
        final Pointer iovecs = pointer(memory);
        memory.putLong(LOCAL_BASE_FIELD_OFFSET, iovecs.address() + ROOM_OFFSET);
        memory.putLong(LOCAL_LENGTH_FIELD_OFFSET, length);
        memory.putLong(REMOTE_BASE_FIELD_OFFSET, pointer(from).address() + from.position());
        memory.putLong(REMOTE_LENGTH_FIELD_OFFSET, length);
        final long copied;
        try {
            copied = calls.get().process_vm_readv(pid, iovecs, 1, iovecs.slice(REMOTE_FIELD_OFFSET), 1, 0);
        } finally {
            Reference.reachabilityFence(from); // the mapping lives as long as the last buffer that refers to it
            Reference.reachabilityFence(memory);
        }
        final int count = (int) Math.max(0, copied);
        memory.get(ROOM_OFFSET, into, 0, count);
        spare.offer(memory); // excess memory is freed
        return count;
    }

    /** A pointer to the first byte of a direct buffer, whatever its position. */
    private static Pointer pointer(final ByteBuffer bytes) {
        return Pointer.wrap(Runtime.getSystemRuntime(), bytes.duplicate().clear());
    }

    /** Loads the library when it is first needed. */
    private static final class Machine {

        static final MappingCopy COPY = load();

        private static MappingCopy load() {
            try {
                return new MappingCopy(
                        Optional.of(LibraryLoader.create(Calls.class).load("c")));
            } catch (final LinkageError | RuntimeException e) {
                LOG.warn("files are read, as their mappings cannot be copied: {}", e.toString());
                return new MappingCopy(Optional.empty());
            }
        }
    }
}
