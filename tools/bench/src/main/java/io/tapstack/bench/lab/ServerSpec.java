package io.tapstack.bench.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a server process. Immutable.
 *
 * @param name of the server in messages
 * @param onKernel true for the kernel's TCP, in the other namespace, false for ours behind a TAP
 * @param prefix a command that starts it, such as {@code taskset -c 0}
 * @param cubic true if the kernel's senders of either end use CUBIC, whatever this machine's default is
 * @param options further options of its own, such as {@code --no-offload}
 */
public record ServerSpec(String name, boolean onKernel, boolean cubic, List<String> prefix, List<String> options) {

    /** A server on Tapstack. */
    public static ServerSpec tapstack(final String... options) {
        return new ServerSpec("tapstack server", false, false, List.of(), List.of(options));
    }

    /** A server on the kernel's TCP. */
    public static ServerSpec kernel() {
        return new ServerSpec("kernel server", true, false, List.of(), List.of());
    }

    /** With CUBIC. */
    public ServerSpec withCubic() {
        return new ServerSpec(name, onKernel, true, prefix, options);
    }

    /** Bound to one processor. */
    public ServerSpec pinnedTo(final int processor) {
        return new ServerSpec(name, onKernel, cubic, List.of("taskset", "-c", String.valueOf(processor)), options);
    }

    /** With further options of its own. */
    public ServerSpec withOptions(final String... more) {
        final List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new ServerSpec(name, onKernel, cubic, prefix, all);
    }
}
