package io.tapstack.tcp;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) over 64-bit words: a keyed hash that is short, fast, and hard to invert
 * without the key. Its inputs here are all whole words, so the final block holds only the length.
 */
final class SipHash {

    private final long key0;
    private final long key1;

    private long v0;
    private long v1;
    private long v2;
    private long v3;

    SipHash(final long key0, final long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** The hash of five words. */
    long hash(final long a, final long b, final long c, final long d, final long e) {
        begin();
        absorb(a);
        absorb(b);
        absorb(c);
        absorb(d);
        absorb(e);
        return finish(5);
    }

    private void begin() {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
    }

    private void absorb(final long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private long finish(final int words) {
        absorb((long) words * 8 << 56);
        v2 ^= 0xFF;
        round();
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
