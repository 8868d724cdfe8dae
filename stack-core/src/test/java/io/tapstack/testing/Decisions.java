package io.tapstack.testing;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Reads a fuzzer's bytes as decisions from front to back; when they are used up every decision is 0. In this order a
 * byte that the fuzzer inserts, removes or copies from another input changes one decision and leaves the others, so the
 * fuzzer can build long conversations out of short ones. (Jazzer's own {@code FuzzedDataProvider} takes numbers from
 * the back and bytes from the front, where every insertion gives all later bytes another meaning.)
 */
public final class Decisions {

    private final byte[] bytes;
    private int at;

    public Decisions(final byte[] bytes) {
        this.bytes = bytes;
    }

    /** {@code bytes} bytes of random decisions. */
    public static Decisions atRandom(final long seed, final int bytes) {
        final byte[] random = new byte[bytes];
        new SplittableRandom(seed).nextBytes(random);
        return new Decisions(random);
    }

    /** True if no bytes are left. */
    public boolean isUsedUp() {
        return at >= bytes.length;
    }

    /** A byte, 0 to 255. */
    public int octet() {
        return at < bytes.length ? bytes[at++] & 0xFF : 0;
    }

    /** 0 to {@code bound} - 1; takes one byte for bounds up to 256, two up to 65,536, else four. */
    public int below(final int bound) {
        if (bound <= 0x100) {
            return octet() % bound;
        }
        return bound <= 0x1_0000 ? (octet() << 8 | octet()) % bound : Integer.remainderUnsigned(word(), bound);
    }

    /** {@code low} to {@code high}. */
    public int between(final int low, final int high) {
        return low + below(high - low + 1);
    }

    /** True in one of {@code n} cases, and false when no bytes are left. */
    public boolean oneIn(final int n) {
        return below(n) == n - 1;
    }

    /** Four bytes. */
    public int word() {
        return octet() << 24 | octet() << 16 | octet() << 8 | octet();
    }

    /** A small number, near 0 on both sides most of the time. */
    public int offset() {
        final int choice = octet();
        if (choice < 128) {
            return 0;
        }
        if (choice < 224) {
            return choice % 7 - 3;
        }
        return choice < 254 ? (short) (octet() << 8 | octet()) : word();
    }

    /** The next bytes as they are, fewer if there are no more. */
    public byte[] bytes(final int atMost) {
        final int end = Math.min(bytes.length, at + atMost);
        final byte[] taken = at < end ? Arrays.copyOfRange(bytes, at, end) : new byte[0];
        at = end;
        return taken;
    }

    /** One of {@code choices}. */
    @SafeVarargs
    public final <T> T any(final T... choices) {
        return choices[below(choices.length)];
    }

    /** One of {@code choices}. */
    public int oneOf(final int... choices) {
        return choices[below(choices.length)];
    }
}
