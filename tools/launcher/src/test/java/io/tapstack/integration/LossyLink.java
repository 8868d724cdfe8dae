package io.tapstack.integration;

import java.io.IOException;

/**
 * Frames lost by nftables on the host's side of a TAP.
 *
 * <p>What comes from the stack is dropped where the host receives it. A drop where the host sends would be told to its
 * TCP, which then has not sent at all: no hole for the stack to see. So frames on their way out get the address of a
 * station that is not there.
 */
final class LossyLink {

    private static final String NOBODY = "02:00:00:00:00:99";

    private LossyLink() {}

    /** Loses some in a hundred, at random, each way. */
    static void make(final String tap, final int percent) throws IOException, InterruptedException {
        final String some = "numgen random mod 100 < " + percent;
        rules(tap, some + " drop", some + " ether daddr set " + NOBODY);
    }

    /** Loses one large packet each way: the one that so many have gone before. */
    static void loseOne(final String tap, final int before) throws IOException, InterruptedException {
        final String one = "ip length > 1000 numgen inc mod 1000000 == " + before;
        rules(tap, one + " drop", one + " ether daddr set " + NOBODY);
    }

    /** Loses everything, both ways. */
    static void cut(final String tap) throws IOException, InterruptedException {
        rules(tap, "drop", "ether daddr set " + NOBODY);
    }

    /** Loses nothing any more. */
    static void repair(final String tap) throws IOException, InterruptedException {
        Host.run("nft", "delete table netdev " + tap);
    }

    private static void rules(final String tap, final String in, final String out)
            throws IOException, InterruptedException {
        Host.run("nft", """
                table netdev %1$s {
                    chain in {
                        type filter hook ingress device "%1$s" priority 0;
                        %2$s
                    }
                    chain out {
                        type filter hook egress device "%1$s" priority 0;
                        %3$s
                    }
                }
                """.formatted(tap, in, out));
    }
}
