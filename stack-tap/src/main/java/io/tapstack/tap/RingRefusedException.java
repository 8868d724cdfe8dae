package io.tapstack.tap;

/** The kernel does not let this process use io_uring, or has too old a one. */
final class RingRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RingRefusedException(final String what) {
        super(what);
    }

    RingRefusedException(final String call, final int errno) {
        super(call + ": " + LibC.describe(errno));
    }
}
