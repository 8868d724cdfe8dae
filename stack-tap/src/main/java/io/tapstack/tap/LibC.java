package io.tapstack.tap;

import java.nio.ByteBuffer;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

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
    static final int ENOBUFS = Errno.ENOBUFS.intValue();
    static final int EADDRNOTAVAIL = Errno.EADDRNOTAVAIL.intValue();

    /** "File descriptor in bad state": the error of a TAP whose interface was deleted. */
    static final int EBADFD = 77;

    /** Public so that the class that jnr-ffi generates may implement it. */
    public interface Calls {

        /** open(2). */
        int open(String path, int flags);

        /** close(2). */
        int close(int fd);

        /** read(2). */
        long read(int fd, long buffer, long count);

        /** write(2). */
        long write(int fd, long buffer, long count);

        /** writev(2). */
        long writev(int fd, long iovecs, int count);

        /** ioctl(2) with the address of a structure. */
        int ioctl(int fd, long request, long argument);

        /** socket(2). */
        int socket(int domain, int type, int protocol);

        /** eventfd(2). */
        int eventfd(int initial, int flags);

        /** ppoll(2). */
        int ppoll(long pollfds, long count, long timespec, long signalMask);
    }

    static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(CALLS);

    private LibC() {}

    /**
     * Loads the native library.
     *
     * @throws LinkageError if the native part of jnr-ffi does not load
     */
    static void load() {
        RUNTIME.getLastError();
    }

    /** The error number of this thread's last failed call. */
    static int errno() {
        return RUNTIME.getLastError();
    }

    /** The kernel's text for an error number. */
    static String describe(final int errno) {
        return errno == EBADFD
                ? "File descriptor in bad state"
                : Errno.valueOf(errno).description();
    }

    /** The address of the first byte of a direct buffer, regardless of its position. */
    static long addressOf(final ByteBuffer bytes) {
        return Pointer.wrap(RUNTIME, bytes.duplicate().clear()).address();
    }
}
