package io.tapstack.tap;

/** How frames pass between this process and a TAP. */
public enum TapIo {

    /** The way that was measured as the faster one: io_uring where the kernel allows it. */
    AUTO,

    /**
     * The frames of a batch by one {@code io_uring_enter(2)}, and another one to wait. Where the kernel refuses
     * io_uring (before Linux 5.15, {@code kernel.io_uring_disabled}, a container's seccomp filter), system calls are
     * used.
     */
    URING,

    /** A {@code read(2)} or {@code write(2)} for each frame. */
    SYSCALLS
}
