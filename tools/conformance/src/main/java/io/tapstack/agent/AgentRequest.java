package io.tapstack.agent;

import io.tapstack.error.SocketError;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * A request: {@code u32 length, u8 op, i64 a, b, c, d, u32 n, n bytes}, little-endian; the length counts the bytes
 * behind it.
 *
 * @param blob in little-endian order, for one reader
 */
record AgentRequest(int op, long a, long b, long c, long d, ByteBuffer blob) {

    /** Longest blob of a request or a reply. */
    static final int MAX_BLOB = 16 << 20;

    private static final int HEAD = Byte.BYTES + 4 * Long.BYTES + Integer.BYTES;

    /**
     * Reads the next request.
     *
     * @throws EOFException at the end of the stream, also within a request
     * @throws BadRequest if the bytes are not a request
     */
    static AgentRequest read(final ReadableByteChannel channel) throws IOException {
        final long length = Integer.toUnsignedLong(fill(channel, Integer.BYTES).getInt());
        if (length > HEAD + MAX_BLOB) {
            throw new BadRequest(SocketError.EMSGSIZE.errno(), true, "a request of " + length + " bytes");
        }
        final ByteBuffer bytes = fill(channel, (int) length);
        if (length < HEAD) {
            throw new BadRequest(SocketError.EINVAL.errno(), false, "a request of " + length + " bytes");
        }
        final int op = bytes.get() & 0xFF;
        final long a = bytes.getLong();
        final long b = bytes.getLong();
        final long c = bytes.getLong();
        final long d = bytes.getLong();
        final long blobLength = Integer.toUnsignedLong(bytes.getInt());
        if (blobLength != bytes.remaining()) {
            throw new BadRequest(
                    SocketError.EINVAL.errno(),
                    false,
                    "a request of " + length + " bytes says that its blob has " + blobLength);
        }
        return new AgentRequest(op, a, b, c, d, bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static ByteBuffer fill(final ReadableByteChannel channel, final int length) throws IOException {
        // Memory is allocated as bytes arrive, not as announced.
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(length, 1 << 16)).order(ByteOrder.LITTLE_ENDIAN);
        while (true) {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException();
                }
            }
            if (buffer.capacity() == length) {
                return buffer.flip();
            }
            final int larger = Math.min(length, 4 * buffer.capacity());
            buffer = ByteBuffer.allocate(larger).order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
    }
}
