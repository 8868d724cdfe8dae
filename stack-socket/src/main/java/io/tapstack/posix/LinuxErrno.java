package io.tapstack.posix;

import io.tapstack.error.SocketError;

/**
 * Linux's error numbers (x86-64, errno(3)) that the stack itself does not use; the others are in {@link SocketError}.
 */
public final class LinuxErrno {

    public static final int EPERM = 1;
    public static final int ENODEV = 19;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int EDOM = 33;
    public static final int ENOSYS = 38;
    public static final int ETIME = 62;
    public static final int ENOTSOCK = 88;
    public static final int EPROTONOSUPPORT = 93;
    public static final int ESOCKTNOSUPPORT = 94;

    private LinuxErrno() {}
}
