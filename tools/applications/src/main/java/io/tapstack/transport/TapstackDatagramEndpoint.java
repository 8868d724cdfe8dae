package io.tapstack.transport;

import io.tapstack.socket.TapDatagramSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A UDP socket of our own stack. */
final class TapstackDatagramEndpoint implements DatagramEndpoint {

    private final TapDatagramSocket socket;

    TapstackDatagramEndpoint(final TapDatagramSocket socket) {
        this.socket = socket;
    }

    @Override
    public InetSocketAddress receive(final ByteBuffer into) throws IOException {
        return socket.receive(into);
    }

    @Override
    public void send(final ByteBuffer payload, final InetSocketAddress destination) throws IOException {
        socket.send(payload, destination);
    }

    @Override
    public InetSocketAddress local() {
        return socket.localAddress();
    }

    @Override
    public boolean isOpen() {
        return !socket.isClosed();
    }

    @Override
    public void close() {
        socket.close();
    }
}
