package io.tapstack.bench.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which algorithm the kernel's senders use by default. It decides what a reference is worth: BBR paces, and over a veth
 * pair that costs it more than half of the rate of CUBIC, Linux's own default.
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

    /** Whether there is something to learn from CUBIC beside the default. */
    public static boolean isDefaultCubic() {
        return systemDefault().equals("cubic");
    }

    /**
     * The command that makes the kernel send with a certain algorithm from an address of its own to the network (of 24
     * bits) around it: the route that the kernel has made for the address gets another attribute.
     */
    static String route(final String name, final String device, final String address) {
        return "ip route replace " + address.substring(0, address.lastIndexOf('.')) + ".0/24 dev " + device
                + " proto kernel scope link src " + address + " congctl " + name;
    }
}
