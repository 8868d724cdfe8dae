package io.tapstack.ip;

import io.tapstack.wire.SipHash;
import java.util.random.RandomGenerator;

/**
 * Identifications of datagrams that may be fragmented. They must not repeat for one pair of addresses and protocol
 * while fragments are around (RFC 6864 4.3), and must not tell a third party how much we send to somebody else (RFC
 * 7739 3): so each group of destinations, chosen by a keyed hash, counts for itself from a start of its own. Datagrams
 * that cannot be fragmented need none (RFC 6864 4.1) and carry zero.
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
        // What the hash adds keeps two destinations that share a counter from seeing each other's numbers in line.
        return (counters[counter]++ + (int) hashed) & 0xFFFF;
    }
}
