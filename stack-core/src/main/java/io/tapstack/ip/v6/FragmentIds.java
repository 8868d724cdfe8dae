package io.tapstack.ip.v6;

import io.tapstack.wire.SipHash;
import java.util.random.RandomGenerator;

/**
 * Chooses the identification of fragmented packets. It must not repeat for one pair of addresses while fragments are in
 * the network (RFC 8200 4.5), and must not tell a third party how much we send to another host (RFC 7739 3). So each
 * group of pairs, chosen by a keyed hash, has a counter with a start of its own (RFC 7739 5.3).
 */
final class FragmentIds {

    private static final int COUNTERS = 1_024;

    private final SipHash hash;
    private final int[] counters = new int[COUNTERS];

    FragmentIds(final RandomGenerator random) {
        this.hash = SipHash.random(random);
        for (int i = 0; i < COUNTERS; i++) {
            counters[i] = random.nextInt();
        }
    }

    int next(final long sourceHigh, final long sourceLow, final long destinationHigh, final long destinationLow) {
        final long hashed = hash.hash(hash.hash(sourceHigh, sourceLow), hash.hash(destinationHigh, destinationLow));
        final int counter = (int) (hashed >>> Integer.SIZE) & (COUNTERS - 1);
        // The hash is added so that two pairs that share a counter do not see each other's numbers in sequence.
        return counters[counter]++ + (int) hashed;
    }
}
