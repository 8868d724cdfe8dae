package io.tapstack.wire;

import java.util.random.RandomGenerator;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash for numbers that a peer must not be able to guess from other
 * such numbers. Works on whole 64-bit words, least significant byte first. Immutable; allocates nothing.
 */
public final class SipHash {

    private final long key0;
    private final long key1;

    public SipHash(final long key0, final long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Creates a hash with a random key. */
    public static SipHash random(final RandomGenerator random) {
        return new SipHash(random.nextLong(), random.nextLong());
    }

    /** The hash of one word. */
    public long hash(final long word) {
        return hash(1, word, 0, 0, 0);
    }

    /** The hash of two words. */
    public long hash(final long first, final long second) {
        return hash(2, first, second, 0, 0);
    }

    /** The hash of four words. */
    public long hash(final long first, final long second, final long third, final long fourth) {
        return hash(4, first, second, third, fourth);
    }

    private long hash(final int words, final long first, final long second, final long third, final long fourth) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        long word = first;
        for (int i = 0; i <= words; i++) {
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
            // The last word holds the length of the message in its highest byte.
            word = i + 1 < words ? (i == 0 ? second : i == 1 ? third : fourth) : (long) words * Long.BYTES << 56;
        }
        v2 ^= 0xFF;
        for (int round = 0; round < 4; round++) {
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
