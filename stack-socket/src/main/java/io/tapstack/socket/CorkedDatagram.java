package io.tapstack.socket;

import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A datagram that is written in pieces ({@code udp(7)}, UDP_CORK and MSG_MORE) and is not complete yet. It goes where
 * its first piece was to go. Used under the stack's lock.
 */
final class CorkedDatagram {

    /** The largest payload of UDP over IPv4. */
    private static final int MOST_BYTES = 65_535 - 20 - 8;

    private static final int FIRST_CAPACITY = 512;

    private byte[] bytes = new byte[0];
    private int length;
    private boolean pending;
    private @Nullable Endpoint destination;

    /** True once it has a first piece. */
    boolean isPending() {
        return pending;
    }

    /** Where it goes, or null for the one that is connected to. */
    @Nullable
    Endpoint destination() {
        return destination;
    }

    /** The next piece. @return false if the datagram would be too long: then, as on Linux, all of it is forgotten */
    boolean append(final ByteBuffer data, final @Nullable Endpoint to) {
        final int more = data.remaining();
        if (more > MOST_BYTES - length) {
            clear();
            return false;
        }
        if (!pending) {
            pending = true;
            destination = to;
        }
        if (length + more > bytes.length) {
            final int capacity = Math.max(Math.max(FIRST_CAPACITY, 2 * bytes.length), length + more);
            bytes = Arrays.copyOf(bytes, Math.min(capacity, MOST_BYTES));
        }
        data.get(bytes, length, more);
        length += more;
        return true;
    }

    /** The whole of it, which is forgotten here. */
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
    }
}
