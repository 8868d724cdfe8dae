package io.tapstack.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which algorithm the kernel's senders use by default. It decides what a reference is worth: BBR paces, and over a veth pair that costs
 * it more than half of the rate of CUBIC, Linux's own default.
 */
public final class CongestionControl {

    private static final Path DEFAULT = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

    private CongestionControl() {}

    /** The name of this machine's default. */
    public static String systemDefault() {
        try {
            return Files.readString(DEFAULT).strip();
        } catch (final IOException e) {
            return "unknown";
        }
    }

    /** Whether there is something to learn from CUBIC beside the default. */
    public static boolean isDefaultCubic() {
        return systemDefault().equals("cubic");
    }
}
