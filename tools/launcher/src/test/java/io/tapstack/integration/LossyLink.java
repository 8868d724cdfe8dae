package io.tapstack.integration;

import java.io.IOException;

/**
 * Frames lost by nftables on the host's side of a TAP.
 *
 * <p>Frames from the stack are dropped where the host receives them. A drop where the host sends would be reported to
 * its TCP, which then has not sent at all: no hole for the stack to see. So frames to the stack get the address of a
 * station that does not exist.
 */
final class LossyLink {

    private static final String NOBODY = "02:00:00:00:00:99";

    private LossyLink() {}

    /** Loses {@code percent} of a hundred frames, at random, each way. */
    static void make(final String tap, final int percent) throws IOException, InterruptedException {
        final String some = "numgen random mod 100 < " + percent;
        rules(tap, some + " drop", some + " ether daddr set " + NOBODY);
    }

    /** Loses one large packet each way: the one after {@code before} others. */
    static void loseOne(final String tap, final int before) throws IOException, InterruptedException {
        final String one = "ip length > 1000 numgen inc mod 1000000 == " + before;
        rules(tap, one + " drop", one + " ether daddr set " + NOBODY);
    }

    /** Loses all frames, both ways. */
    static void cut(final String tap) throws IOException, InterruptedException {
        rules(tap, "drop", "ether daddr set " + NOBODY);
    }

    /** Loses no further frames. */
    static void repair(final String tap) throws IOException, InterruptedException {
        HostPrograms.run("nft", "delete table netdev " + tap);
    }

    private static void rules(final String tap, final String in, final String out)
            throws IOException, InterruptedException {
        HostPrograms.run("nft", """
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
