package io.tapstack.tap;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.constants.platform.Errno;

/**
 * The system calls that a TAP needs. Memory is passed as an address in a {@code long}: such a call costs little more
 * than the system call itself and allocates nothing.
 */
final class LibC {

    // <fcntl.h>, <sys/socket.h>, <sys/eventfd.h>; the same on every supported machine.
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_CLOEXEC = O_CLOEXEC;
    static final int EFD_NONBLOCK = O_NONBLOCK;
    static final int EFD_CLOEXEC = O_CLOEXEC;

    static final int EPERM = Errno.EPERM.intValue();
    static final int ENOENT = Errno.ENOENT.intValue();
    static final int EINTR = Errno.EINTR.intValue();
    static final int EIO = Errno.EIO.intValue();
    static final int ENXIO = Errno.ENXIO.intValue();
    static final int EAGAIN = Errno.EAGAIN.intValue();
    static final int ENOMEM = Errno.ENOMEM.intValue();
    static final int EACCES = Errno.EACCES.intValue();
    static final int EFAULT = Errno.EFAULT.intValue();
    static final int EBUSY = Errno.EBUSY.intValue();
    static final int ENODEV = Errno.ENODEV.intValue();
    static final int EINVAL = Errno.EINVAL.intValue();
    static final int EOPNOTSUPP = Errno.EOPNOTSUPP.intValue();
    static final int ENOBUFS = Errno.ENOBUFS.intValue();
    static final int EADDRNOTAVAIL = Errno.EADDRNOTAVAIL.intValue();

    /** "File descriptor in bad state": the error of a TAP whose interface was deleted. */
    static final int EBADFD = 77;

    /**
     * The calls, by jffi's invoker. jnr-ffi costs the same per call, but it generates a class with ASM when it loads a
     * library, which takes longer than the rest of the stack's start.
     */
    static final class Calls {

        private static final Invoker INVOKER = Invoker.getInstance();

        // A register holds an int as well: its upper half is ignored, or the extended sign, as each ABI asks for.
        private static final CallContext ONE = arguments(1);
        private static final CallContext TWO = arguments(2);
        private static final CallContext THREE = arguments(3);
        private static final CallContext FOUR = arguments(4);
        private static final CallContext SIX = arguments(6);

        private final long open;
        private final long close;
        private final long read;
        private final long write;
        private final long writev;
        private final long ioctl;
        private final long socket;
        private final long eventfd;
        private final long ppoll;
        private final long mmap;
        private final long munmap;
        private final long syscall;

        private Calls(final Library library) {
            open = library.getSymbolAddress("open");
            close = library.getSymbolAddress("close");
            read = library.getSymbolAddress("read");
            write = library.getSymbolAddress("write");
            writev = library.getSymbolAddress("writev");
            ioctl = library.getSymbolAddress("ioctl");
            socket = library.getSymbolAddress("socket");
            eventfd = library.getSymbolAddress("eventfd");
            ppoll = library.getSymbolAddress("ppoll");
            mmap = library.getSymbolAddress("mmap");
            munmap = library.getSymbolAddress("munmap");
            syscall = library.getSymbolAddress("syscall");
        }

        private static CallContext arguments(final int count) {
            final Type[] types = new Type[count];
            Arrays.fill(types, Type.SINT64);
            return CallContext.getCallContext(Type.SINT64, types, CallingConvention.DEFAULT, true);
        }

        /** open(2). */
        int open(final String path, final int flags) {
            final byte[] name = path.getBytes(StandardCharsets.UTF_8);
            final NativeStruct terminated = new NativeStruct(name.length + 1);
            terminated.bytes.put(0, name);
            try {
                return (int) INVOKER.invokeN2(TWO, open, terminated.address, flags);
            } finally {
                Reference.reachabilityFence(terminated.bytes);
            }
        }

        /** close(2). */
        int close(final int fd) {
            return (int) INVOKER.invokeN1(ONE, close, fd);
        }

        /** read(2). */
        long read(final int fd, final long buffer, final long count) {
            return INVOKER.invokeN3(THREE, read, fd, buffer, count);
        }

        /** write(2). */
        long write(final int fd, final long buffer, final long count) {
            return INVOKER.invokeN3(THREE, write, fd, buffer, count);
        }

        /** writev(2). */
        long writev(final int fd, final long iovecs, final int count) {
            return INVOKER.invokeN3(THREE, writev, fd, iovecs, count);
        }

        /** ioctl(2) with the address of a structure. */
        int ioctl(final int fd, final long request, final long argument) {
            return (int) INVOKER.invokeN3(THREE, ioctl, fd, request, argument);
        }

        /** socket(2). */
        int socket(final int domain, final int type, final int protocol) {
            return (int) INVOKER.invokeN3(THREE, socket, domain, type, protocol);
        }

        /** eventfd(2). */
        int eventfd(final int initial, final int flags) {
            return (int) INVOKER.invokeN2(TWO, eventfd, initial, flags);
        }

        /** ppoll(2). */
        int ppoll(final long pollfds, final long count, final long timespec, final long signalMask) {
            return (int) INVOKER.invokeN4(FOUR, ppoll, pollfds, count, timespec, signalMask);
        }

        /** mmap(2) at an address that the kernel chooses. */
        long mmap(final long length, final int protection, final int flags, final int fd, final long offset) {
            return INVOKER.invokeN6(SIX, mmap, 0, length, protection, flags, fd, offset);
        }

        /** munmap(2). */
        int munmap(final long address, final long length) {
            return (int) INVOKER.invokeN2(TWO, munmap, address, length);
        }

        /** syscall(2): a call without a function in the C library. A sixth argument is undefined. */
        long syscall(final long number, final long a, final long b, final long c, final long d, final long e) {
            return INVOKER.invokeN6(SIX, syscall, number, a, b, c, d, e);
        }
    }

    static final Calls CALLS = new Calls(Library.getDefault());

    private static final LastError LAST_ERROR = LastError.getInstance();
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    private LibC() {}

    /**
     * Loads the native library.
     *
     * @throws LinkageError if the native part of jffi does not load
     */
    static void load() {
        LAST_ERROR.get();
    }

    /** The error number of this thread's last failed call. */
    static int errno() {
        return LAST_ERROR.get();
    }

    /** The kernel's text for an error number. */
    static String describe(final int errno) {
        return errno == EBADFD
                ? "File descriptor in bad state"
                : Errno.valueOf(errno).description();
    }

    /** The address of the first byte of a direct buffer, regardless of its position. */
    static long addressOf(final ByteBuffer bytes) {
        return MEMORY.getDirectBufferAddress(bytes);
    }
}
