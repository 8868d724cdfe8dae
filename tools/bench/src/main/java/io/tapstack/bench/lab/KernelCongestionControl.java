package io.tapstack.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The default congestion control of the kernel's senders. It decides the rate of a reference: BBR paces, and over a
 * veth pair that costs it more than half of the rate of CUBIC, Linux's own default.
 */
public final class KernelCongestionControl {

    private static final Path DEFAULT = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

    private KernelCongestionControl() {}

    /** The name of this machine's default. */
    public static String systemDefault() {
        try {
            return Files.readString(DEFAULT).strip();
        } catch (final IOException e) {
            return "unknown";
        }
    }

    /** True unless CUBIC is the default. */
    public static boolean isDefaultCubic() {
        return systemDefault().equals("cubic");
    }

    /**
     * The command that makes the kernel use a congestion control from an address of its own to the network (of 24 bits)
     * around it: it adds an attribute to the route that the kernel has made for the address.
     */
    static String route(final String name, final String device, final String address) {
        return "ip route replace " + address.substring(0, address.lastIndexOf('.')) + ".0/24 dev " + device
                + " proto kernel scope link src " + address + " congctl " + name;
    }
}
