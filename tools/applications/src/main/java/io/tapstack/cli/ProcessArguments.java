package io.tapstack.cli;

import io.tapstack.octets.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The arguments of this process as the kernel has them: the JVM decodes them by the locale, and loses octets that the
 * locale does not have.
 */
final class ProcessArguments {

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private ProcessArguments() {}

    /**
     * Replaces arguments by lossless texts ({@link Octets}).
     *
     * @param decoded as the JVM has them; returned if the octets cannot be found
     */
    static String[] lossless(final String[] decoded) {
        if (isLossless(decoded)) {
            return decoded;
        }
        try {
            return lossless(decoded, Octets.of(Files.readAllBytes(COMMAND_LINE)));
        } catch (final IOException e) {
            return decoded;
        }
    }

    /** True if nothing can be lost: the JVM replaces octets that it cannot decode by U+FFFD, or by a question mark. */
    private static boolean isLossless(final String[] decoded) {
        for (final String argument : decoded) {
            for (int i = 0; i < argument.length(); i++) {
                if (argument.charAt(i) >= 0x80 || argument.charAt(i) == '?') {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * @param commandLine the octets of each argument, with a NUL behind it; those of the JVM come first
     *     (proc_pid_cmdline(5))
     */
    static String[] lossless(final String[] decoded, final String commandLine) {
        final List<String> all = List.of(commandLine.split("\0", -1));
        final int first = all.size() - 1 - decoded.length;
        if (first < 0) {
            return decoded;
        }
        final String[] lossless = new String[decoded.length];
        for (int i = 0; i < lossless.length; i++) {
            final String octets = all.get(first + i);
            final boolean ascii = octets.chars().allMatch(c -> c < 0x80);
            if (ascii && !octets.equals(decoded[i])) {
                return decoded; // a launcher has changed them
            }
            lossless[i] = Octets.lossless(octets);
        }
        return lossless;
    }
}
