package io.tapstack.socket;

import java.util.concurrent.locks.LockSupport;

/** Waits until another thread waits. */
final class Parked {

    private Parked() {}

    /** Until {@code thread} is parked by one of our sockets, or is in a system call of the JDK's, or has ended. */
    static void await(final Thread thread) {
        while (thread.isAlive() && !isWaiting(thread)) {
            LockSupport.parkNanos(200_000);
        }
    }

    private static boolean isWaiting(final Thread thread) {
        final StackTraceElement[] stack = thread.getStackTrace();
        if (stack.length == 0) {
            return false;
        }
        final boolean inSystemCall =
                stack[0].isNativeMethod() && stack[0].getClassName().startsWith("sun.nio.ch.");
        return inSystemCall || isAtWaitPoint(stack);
    }

    private static boolean isAtWaitPoint(final StackTraceElement[] stack) {
        for (final StackTraceElement frame : stack) {
            if (frame.getMethodName().startsWith("await")
                    && frame.getClassName().endsWith("ConditionPoint")) {
                return stack[0].isNativeMethod() && stack[0].getMethodName().equals("park");
            }
        }
        return false;
    }
}
