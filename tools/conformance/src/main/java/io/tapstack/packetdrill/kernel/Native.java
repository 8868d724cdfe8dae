package io.tapstack.packetdrill.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** The system calls of scripts, and those that set the machine up. Memory is passed by its address. */
final class Native {

    /** Public so that the class that jnr-ffi generates may implement it. */
    public interface Calls {

        /** socket(2). */
        int socket(int domain, int type, int protocol);

        /** bind(2). */
        int bind(int fd, long address, int length);

        /** listen(2). */
        int listen(int fd, int backlog);

        /** accept4(2). */
        int accept4(int fd, long address, long length, int flags);

        /** connect(2). */
        int connect(int fd, long address, int length);

        /** getsockname(2). */
        int getsockname(int fd, long address, long length);

        /** getpeername(2). */
        int getpeername(int fd, long address, long length);

        /** read(2). */
        long read(int fd, long bytes, long length);

        /** recvmsg(2). */
        long recvmsg(int fd, long message, int flags);

        /** write(2). */
        long write(int fd, long bytes, long length);

        /** sendmsg(2). (jnr-ffi does not pass the six arguments of sendto(2) correctly.) */
        long sendmsg(int fd, long message, int flags);

        /** sendfile(2). */
        long sendfile(int out, int in, long offset, long count);

        /** open(2). */
        int open(String path, int flags);

        /** memfd_create(2). */
        int memfd_create(String name, int flags);

        /** ftruncate(2). */
        int ftruncate(int fd, long length);

        /** close(2). */
        int close(int fd);

        /** shutdown(2). */
        int shutdown(int fd, int how);

        /** getsockopt(2). */
        int getsockopt(int fd, int level, int name, long value, long length);

        /** setsockopt(2). */
        int setsockopt(int fd, int level, int name, long value, int length);

        /** fcntl(2) with an int. */
        int fcntl(int fd, int command, int argument);

        /** ioctl(2) with an address. */
        int ioctl(int fd, long request, long argument);

        /** poll(2). */
        int poll(long entries, long count, int timeoutMillis);

        /** epoll_create1(2). */
        int epoll_create1(int flags);

        /** epoll_ctl(2). */
        int epoll_ctl(int epoll, int operation, int fd, long event);

        /** epoll_wait(2). */
        int epoll_wait(int epoll, long events, int maximum, int timeoutMillis);

        /** clock_gettime(2). */
        int clock_gettime(int clock, long time);

        /** unshare(2). */
        int unshare(int flags);
    }

    static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(CALLS);

    private Native() {}

    /** The result, or the negative error number of this thread's last call if it failed. */
    static long result(final long returned) {
        return returned < 0 ? -RUNTIME.getLastError() : returned;
    }

    /** Memory in native byte order. */
    static ByteBuffer memory(final int bytes) {
        return ByteBuffer.allocateDirect(Math.max(1, bytes)).order(ByteOrder.nativeOrder());
    }

    /** The address of the memory, which must stay reachable during the call. */
    static long address(final ByteBuffer memory) {
        return Pointer.wrap(RUNTIME, memory).address();
    }
}
