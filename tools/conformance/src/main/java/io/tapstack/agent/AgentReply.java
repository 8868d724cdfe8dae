package io.tapstack.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * The reply to a request: {@code i64 rc, i32 errno, i64 x, u32 n, n bytes}, little-endian.
 *
 * @param result 0 or more, or a negative errno
 * @param blob from its position to its limit
 */
record AgentReply(long result, long x, ByteBuffer blob) {

    private static final int HEAD = 2 * Long.BYTES + 2 * Integer.BYTES;

    /** A result, or a negative errno, without a blob. */
    static AgentReply of(final long result) {
        return new AgentReply(result, 0, ByteBuffer.allocate(0));
    }

    /** Success, with a number. */
    static AgentReply ofNumber(final long x) {
        return new AgentReply(0, x, ByteBuffer.allocate(0));
    }

    /** A result with bytes, which are sent only with a success. */
    static AgentReply of(final long result, final ByteBuffer blob) {
        return result < 0 ? of(result) : new AgentReply(result, 0, blob);
    }

    void write(final WritableByteChannel channel) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(HEAD + blob.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(Math.max(result, -1));
        bytes.putInt(result < 0 ? (int) -result : 0);
        bytes.putLong(x);
        bytes.putInt(blob.remaining());
        bytes.put(blob.duplicate()).flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
