package io.tapstack.tap;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs each test on a thread with a network namespace of its own, which ends with the thread. Sockets and threads of
 * the test are in that namespace, too. Skipped where the process may not create namespaces.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(InPrivateNetwork.OwnThread.class)
@interface InPrivateNetwork {

    /** unshare(2). */
    interface Calls {
        int unshare(int flags);
    }

    final class OwnThread implements InvocationInterceptor {

        private static final int CLONE_NEWNET = 0x4000_0000;
        private static final long LIMIT_MILLIS = 20_000;

        @Override
        public void interceptTestMethod(
                final Invocation<Void> invocation,
                final ReflectiveInvocationContext<Method> context,
                final ExtensionContext extension)
                throws Throwable {
            proceed(invocation, extension.getDisplayName());
        }

        @Override
        public void interceptTestTemplateMethod(
                final Invocation<Void> invocation,
                final ReflectiveInvocationContext<Method> context,
                final ExtensionContext extension)
                throws Throwable {
            proceed(invocation, extension.getDisplayName());
        }

        private static void proceed(final Invocation<Void> invocation, final String name) throws Throwable {
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread thread = new Thread(
                    () -> {
                        try {
                            unshare();
                            invocation.proceed();
                        } catch (final Throwable thrown) {
                            failure.set(thrown);
                        }
                    },
                    name);
            thread.setDaemon(true);
            thread.start();
            thread.join(LIMIT_MILLIS);
            if (thread.isAlive()) {
                final AssertionError hangs = new AssertionError("still running after " + LIMIT_MILLIS + " ms");
                hangs.setStackTrace(thread.getStackTrace());
                throw hangs;
            }
            if (failure.get() != null) {
                throw failure.get();
            }
        }

        private static void unshare() {
            final Calls libc = LibraryLoader.create(Calls.class).load("c");
            final int result = libc.unshare(CLONE_NEWNET);
            assumeTrue(
                    result == 0,
                    () -> "no network namespace of our own: run as root or under unshare -Urn ("
                            + LibC.describe(Runtime.getRuntime(libc).getLastError()) + ")");
        }
    }
}
