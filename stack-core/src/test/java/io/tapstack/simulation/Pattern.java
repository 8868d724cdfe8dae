package io.tapstack.simulation;

import java.nio.ByteBuffer;

/** A stream whose every byte follows from its position, so that a missing, doubled or misplaced one is found. */
public final class Pattern {

    private final long salt;

    /** @param stream number of the stream */
    public Pattern(final long stream) {
        this.salt = stream * 0x9E37_79B9_7F4A_7C15L;
    }

    public byte at(final long position) {
        return (byte) (((position + salt) * 0xD134_2543_DE82_EF95L) >>> 56);
    }

    /** Fills the remaining bytes of {@code target} with the stream from {@code position} on; its position stays. */
    public void fill(final ByteBuffer target, final long position) {
        for (int i = 0; i < target.remaining(); i++) {
            target.put(target.position() + i, at(position + i));
        }
    }

    /** The first of {@code length} bytes that is not the stream's, counted in the stream, or -1 if all are right. */
    public long firstWrong(final ByteBuffer bytes, final int offset, final int length, final long position) {
        for (int i = 0; i < length; i++) {
            if (bytes.get(offset + i) != at(position + i)) {
                return position + i;
            }
        }
        return -1;
    }
}
