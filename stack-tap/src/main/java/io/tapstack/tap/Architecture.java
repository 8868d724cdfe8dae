package io.tapstack.tap;

import java.util.Optional;
import java.util.Set;

/** The architectures whose numbers for calls, flags and ioctls are those of this package. */
final class Architecture {

    /** 64-bit architectures of Linux that follow the kernel's asm-generic headers. */
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64", "riscv64", "loongarch64");

    private Architecture() {}

    static void requireSupport() throws TapException {
        final boolean known =
                System.getProperty("os.name").equals("Linux") && ARCHITECTURES.contains(System.getProperty("os.arch"));
        if (!known) {
            throw TapDiagnosis.unsupportedMachine();
        }
        final LinkageError failure = load().orElse(null);
        if (failure != null) {
            throw TapDiagnosis.noNativeCalls(failure);
        }
    }

    /**
     * Loads the native library, once.
     *
     * @return the error, which only the first attempt explains
     */
    static Optional<LinkageError> load() {
        return Native.FAILURE;
    }

    private static final class Native {

        static final Optional<LinkageError> FAILURE = attempt();

        private static Optional<LinkageError> attempt() {
            try {
                LibC.load();
                return Optional.empty();
            } catch (final LinkageError error) {
                return Optional.of(error);
            }
        }
    }
}
