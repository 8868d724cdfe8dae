package io.tapstack.bench.lab;

import java.util.List;

/**
 * A link from the kernel of the second namespace to that of the first: both ends with addresses, up, and with a
 * congestion control. Frames can be dropped at the first end.
 */
public final class KernelLink {

    private KernelLink() {}

    /**
     * Sets up two joined devices of the first namespace; the far one moves to the second, and gets the link's address
     * there.
     *
     * @param link the near one's name, and the addresses
     */
    public static void setUp(final Lab lab, final Link link, final String far, final String congestionControl)
            throws BenchFailure, InterruptedException {
        lab.moveToSecond(far);
        lab.run("ip addr add " + link.hostAddress() + '/' + Link.PREFIX_LENGTH + " dev " + link.tap());
        lab.run("ip link set " + link.tap() + " up");
        lab.runInSecond("ip addr add " + link.address() + '/' + Link.PREFIX_LENGTH + " dev " + far);
        lab.runInSecond("ip link set " + far + " up");
        lab.runInSecond(KernelCongestionControl.route(congestionControl, far, link.address()));
    }

    /**
     * Makes ARP at a device of the first namespace patient. Where a third of the frames is lost each way, the usual
     * three requests fail one time in seven, and a download with them.
     */
    public static void resolvePatiently(final Lab lab, final String device) throws BenchFailure, InterruptedException {
        lab.run(patience(device));
    }

    /** The same, in the second namespace. */
    public static void resolvePatientlyInSecond(final Lab lab, final String device)
            throws BenchFailure, InterruptedException {
        lab.runInSecond(patience(device));
    }

    private static String patience(final String device) {
        return "ip ntable change name arp_cache dev " + device + " ucast_probes 20 mcast_probes 20";
    }

    /** Makes nftables drop some of a hundred frames, at random, at the ingress of a device of the first namespace. */
    public static void drop(final Lab lab, final String device, final int percent)
            throws BenchFailure, InterruptedException {
        final String rule = """
                table netdev %1$s {
                    chain in {
                        type filter hook ingress device "%1$s" priority 0;
                        numgen random mod 100 < %2$d drop
                    }
                }
                """;
        lab.run(List.of("nft", rule.formatted(device, percent)));
    }
}
