package io.tapstack.ip.v4;

import io.tapstack.wire.SipHash;
import java.util.random.RandomGenerator;

/**
 * Chooses the identification of datagrams that may be fragmented. It must not repeat for one pair of addresses and
 * protocol while fragments are in the network (RFC 6864 4.3), and must not tell a third party how much we send to
 * another host (RFC 7739 3). So each group of destinations, chosen by a keyed hash, has a counter with a start of its
 * own. A datagram that cannot be fragmented needs none (RFC 6864 4.1) and carries zero.
 */
final class DatagramIds {

    private static final int COUNTERS = 1_024;

    private final SipHash hash;
    private final short[] counters = new short[COUNTERS];

    DatagramIds(final RandomGenerator random) {
        this.hash = SipHash.random(random);
        for (int i = 0; i < COUNTERS; i++) {
            counters[i] = (short) random.nextInt();
        }
    }

    int next(final int source, final int destination, final int protocol) {
        final long addresses = (long) source << 32 | (destination & 0xFFFF_FFFFL);
        final long hashed = hash.hash(addresses, protocol);
        final int counter = (int) (hashed >>> 32) & (COUNTERS - 1);
        // The hash is added so that two destinations that share a counter do not see each other's numbers in sequence.
        return (counters[counter]++ + (int) hashed) & 0xFFFF;
    }
}
