package io.tapstack.bench.part;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A request of a client of {@link BulkServer}: the first bytes of each exchange, in network byte order.
 *
 * <pre>
 *   0       4     5       6         8              16
 *   | magic | kind | verify | reserved | count (8) |
 * </pre>
 *
 * @param kind the kind of transfer
 * @param verify true if both ends hash the bytes
 * @param count number of bytes
 */
record TransferRequest(Kind kind, boolean verify, long count) {

    /** The kinds of transfers. */
    enum Kind {
        /** The server sends the file, repeated as often as needed, by reference. */
        SENDFILE,
        /** The server sends the file by writing its mapping. */
        MMAP,
        /** The server sends by writing the first bytes of the file from a buffer, repeated. */
        COPY,
        /** The client sends as in {@link #COPY}; the server answers with a {@link Receipt}. */
        UPLOAD,
        /** The same, but the server reads the bytes in its TCP's memory, if possible. */
        UPLOAD_LENT,
        /** As {@link #COPY}, from {@link #RAW_BYTES} bytes, which fit a super-frame. */
        RAW,
        /** {@link #COPY} and {@link #UPLOAD} at the same time; the receipt follows the bytes. */
        BOTH
    }

    /** Bytes on the wire. */
    static final int BYTES = 16;

    /** Bytes of the buffer of {@link Kind#COPY} and {@link Kind#UPLOAD}. */
    static final int BUFFER_BYTES = 1 << 20;

    /**
     * Bytes of one write: as iperf3 and the JDK's own streams write. With BBR, which paces, no other size is as fast
     * over veth; without pacing more would be faster.
     */
    static final int PIECE_BYTES = 1 << 17;

    /** Most bytes of one read. */
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
     * @throws IOException if the bytes are not a request
     */
    static TransferRequest read(final ByteBuffer buffer) throws IOException {
        final int magic = buffer.getInt();
        final int kind = buffer.get();
        final boolean verify = buffer.get() != 0;
        buffer.getShort();
        final long count = buffer.getLong();
        if (magic != MAGIC || kind < 0 || kind >= KINDS.length || count < 0) {
            throw new IOException("not a request");
        }
        return new TransferRequest(KINDS[kind], verify, count);
    }
}
