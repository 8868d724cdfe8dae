package io.tapstack.bench.part;

import java.nio.ByteBuffer;

/**
 * What the server has received: a count of bytes, and their SHA-256 or, if none was asked for, zeros.
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
