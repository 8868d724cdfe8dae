package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An incomplete datagram that is written in pieces ({@code udp(7)}, UDP_CORK and MSG_MORE). It goes to the destination
 * of its first piece, as that says. Used with the stack's lock held.
 */
final class CorkedDatagram {

    /** The largest payload of UDP over IPv4. */
    private static final int MOST_BYTES = 65_535 - 20 - 8;

    private static final int FIRST_CAPACITY = 512;

    private byte[] bytes = new byte[0];
    private int length;
    private boolean pending;
    private @Nullable Endpoint destination;
    private SentMessage message = SentMessage.PLAIN;

    /** True once it has a first piece. */
    boolean isPending() {
        return pending;
    }

    /** The destination, or null for the connected one. */
    @Nullable
    Endpoint destination() {
        return destination;
    }

    /** The settings of the first piece, which are those of the datagram, as on Linux. */
    SentMessage message() {
        return message;
    }

    /**
     * Appends a piece.
     *
     * @return false if the datagram would be too long: then, as on Linux, all of it is dropped
     */
    boolean append(final ByteBuffer data, final @Nullable Endpoint to, final SentMessage settings) {
        final int more = data.remaining();
        if (more > MOST_BYTES - length) {
            clear();
            return false;
        }
        if (!pending) {
            pending = true;
            destination = to;
            message = settings.copy();
        }
        if (length + more > bytes.length) {
            final int capacity = Math.max(Math.max(FIRST_CAPACITY, 2 * bytes.length), length + more);
            bytes = Arrays.copyOf(bytes, Math.min(capacity, MOST_BYTES));
        }
        data.get(bytes, length, more);
        length += more;
        return true;
    }

    /** Removes the whole datagram. */
    ByteBuffer take() {
        final ByteBuffer whole = ByteBuffer.wrap(bytes, 0, length);
        clear();
        return whole;
    }

    void clear() {
        bytes = new byte[0];
        length = 0;
        pending = false;
        destination = null;
        message = SentMessage.PLAIN;
    }
}
