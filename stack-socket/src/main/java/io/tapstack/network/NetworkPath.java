package io.tapstack.network;

import io.tapstack.link.ImpairedPath;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkType;
import java.util.SplittableRandom;

/** The path from one host to another. Used under the lock of the {@link Inbox} at its end. */
final class NetworkPath {

    final ImpairedPath path;
    boolean cut;

    /** A perfect path. Its random numbers depend only on the two names and the network's seed. */
    NetworkPath(final long seed, final String from, final String to) {
        final long mixed = seed + 0x9E37_79B9_7F4A_7C15L * (31L * from.hashCode() + to.hashCode());
        this.path = new ImpairedPath(Impairment.NONE, LinkType.ETHERNET, new SplittableRandom(mixed));
    }
}
