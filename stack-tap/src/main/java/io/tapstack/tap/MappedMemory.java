package io.tapstack.tap;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of {@code mmap(2)}: a ring that the kernel shares, or anonymous pages. Registered with a ring, the pages stay
 * the kernel's until its last use of them, also after {@link #unmap()}; so a read that is still posted when its memory
 * is unmapped writes into pages that belong to no one else.
 */
final class MappedMemory {

    // <sys/mman.h>, asm-generic
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;

    final long address;
    final int size;

    /** In native byte order; not to be touched after {@link #unmap()}. */
    final ByteBuffer bytes;

    private MappedMemory(final long address, final int size) {
        this.address = address;
        this.size = size;
        this.bytes = MemoryIO.getInstance().newDirectByteBuffer(address, size).order(ByteOrder.nativeOrder());
    }

    /** Maps a part of a file that both sides write. */
    static MappedMemory shared(final int fd, final long offset, final int size) throws RingRefusedException {
        return map(size, MAP_SHARED | MAP_POPULATE, fd, offset);
    }

    /** Maps pages of zeros. */
    static MappedMemory anonymous(final int size) throws RingRefusedException {
        return map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }

    private static MappedMemory map(final int size, final int flags, final int fd, final long offset)
            throws RingRefusedException {
        final long address = LibC.CALLS.mmap(size, PROT_READ_WRITE, flags, fd, offset);
        if (address == -1) {
            throw new RingRefusedException("mmap", LibC.errno());
        }
        return new MappedMemory(address, size);
    }

    void unmap() {
        LibC.CALLS.munmap(address, size);
    }
}
