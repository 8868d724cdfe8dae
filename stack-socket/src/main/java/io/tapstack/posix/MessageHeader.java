package io.tapstack.posix;

import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** {@code struct msghdr} of {@code sendmsg(2)} and {@code recvmsg(2)}, without the data. */
public final class MessageHeader {

    private final ByteBuffer control;
    private @Nullable Endpoint name;
    private int flags;

    /**
     * @param name {@code msg_name}; null for none
     * @param control {@code msg_control}: to send, control messages as {@code struct cmsghdr} has them; to receive,
     *     room for them
     */
    public MessageHeader(final @Nullable Endpoint name, final ByteBuffer control) {
        this.name = name;
        this.control = control.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * {@code msg_name}: the destination of a send; the source of a datagram, or the name of a report of the error
     * queue.
     */
    public @Nullable Endpoint name() {
        return name;
    }

    /** {@code msg_control}; after {@code recvmsg} the position is behind the last control message. */
    public ByteBuffer control() {
        return control;
    }

    /** {@code msg_flags}, as set by {@code recvmsg}. */
    public int flags() {
        return flags;
    }

    void name(final @Nullable Endpoint from) {
        this.name = from;
    }

    void flags(final int set) {
        this.flags = set;
    }
}
