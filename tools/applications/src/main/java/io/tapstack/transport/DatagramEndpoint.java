package io.tapstack.transport;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A bound UDP endpoint. One thread may receive while another one sends; {@link #close()} may come from any thread. */
public interface DatagramEndpoint extends Closeable {

    /**
     * Waits for a datagram and puts its bytes into {@code into}; bytes that do not fit are dropped.
     *
     * @return the sender
     * @throws IOException when this endpoint is closed, also while waiting
     */
    InetSocketAddress receive(ByteBuffer into) throws IOException;

    /** Sends the remaining bytes of {@code payload} as one datagram. */
    void send(ByteBuffer payload, InetSocketAddress destination) throws IOException;

    /** The bound address and port. */
    InetSocketAddress local();

    /** True until {@link #close()} is called. */
    boolean isOpen();

    @Override
    void close() throws IOException;
}
