package io.tapstack.bench.part;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a client of {@link BulkServer} asks for: the first bytes of each exchange, in network byte order.
 *
 * <pre>
 *   0       4     5       6         8              16
 *   | magic | kind | verify | reserved | count (8) |
 * </pre>
 *
 * @param kind what is to be done
 * @param verify whether both ends hash what they send and receive
 * @param count how many bytes
 */
record Request(Kind kind, boolean verify, long count) {

    /** What can be asked for. */
    enum Kind {
        /** The server sends the file, again from its start as often as needed, by reference. */
        SENDFILE,
        /** The server sends the file by writing its mapping. */
        MMAP,
        /** The server sends by writing from a buffer, the first bytes of the file, again and again. */
        COPY,
        /** The client sends as in {@link #COPY}; the server answers with a {@link Receipt}. */
        UPLOAD,
        /** The same, but the server looks at the bytes where its TCP has them, if that can be. */
        UPLOAD_LENT,
        /** As {@link #COPY}, from {@link #RAW_BYTES} bytes: all that fits a super-frame. */
        RAW,
        /** {@link #COPY} and {@link #UPLOAD} at the same time; the receipt follows the bytes. */
        BOTH
    }

    /** Bytes on the wire. */
    static final int BYTES = 16;

    /** Of the buffer that {@link Kind#COPY} and {@link Kind#UPLOAD} send from. */
    static final int BUFFER_BYTES = 1 << 20;

    /**
     * Written by one call: what iperf3 and the JDK's own streams write. With BBR, whose pacing counts, nothing else is
     * as fast over veth; without pacing more would be still faster.
     */
    static final int PIECE_BYTES = 1 << 17;

    /** Read by one call, at the most. */
    static final int READ_BYTES = 1 << 18;

    /** Of {@link Kind#RAW}: 44 segments of an Ethernet. */
    static final int RAW_BYTES = 44 * 1460;

    private static final int MAGIC = 0x74617062;
    private static final Kind[] KINDS = Kind.values();

    /** Appends the request to {@code buffer}. */
    void write(final ByteBuffer buffer) {
        buffer.putInt(MAGIC)
                .put((byte) kind.ordinal())
                .put((byte) (verify ? 1 : 0))
                .putShort((short) 0)
                .putLong(count);
    }

    /**
     * Reads a request.
     *
     * @throws IOException if these bytes are none
     */
    static Request read(final ByteBuffer buffer) throws IOException {
        final int magic = buffer.getInt();
        final int kind = buffer.get();
        final boolean verify = buffer.get() != 0;
        buffer.getShort();
        final long count = buffer.getLong();
        if (magic != MAGIC || kind < 0 || kind >= KINDS.length || count < 0) {
            throw new IOException("not a request");
        }
        return new Request(KINDS[kind], verify, count);
    }
}
