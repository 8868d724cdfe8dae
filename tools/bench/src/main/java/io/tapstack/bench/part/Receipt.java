package io.tapstack.bench.part;

import java.nio.ByteBuffer;

/**
 * The bytes that the server has received: their number, and their SHA-256 or, if it was not requested, zeros.
 *
 * @param count bytes
 * @param hash 32 bytes
 */
record Receipt(long count, byte[] hash) {

    /** Bytes on the wire. */
    static final int BYTES = 8 + Content.HASH_BYTES;

    void write(final ByteBuffer buffer) {
        buffer.putLong(count).put(hash);
    }

    static Receipt read(final ByteBuffer buffer) {
        final long count = buffer.getLong();
        final byte[] hash = new byte[Content.HASH_BYTES];
        buffer.get(hash);
        return new Receipt(count, hash);
    }
}
