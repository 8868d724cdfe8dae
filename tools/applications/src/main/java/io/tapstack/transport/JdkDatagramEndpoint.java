package io.tapstack.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

final class JdkDatagramEndpoint implements DatagramEndpoint {

    private final DatagramChannel channel;
    private final InetSocketAddress local;

    JdkDatagramEndpoint(final DatagramChannel channel) throws IOException {
        this.channel = channel;
        this.local = (InetSocketAddress) channel.getLocalAddress();
    }

    @Override
    public InetSocketAddress receive(final ByteBuffer into) throws IOException {
        return (InetSocketAddress) channel.receive(into);
    }

    @Override
    public void send(final ByteBuffer payload, final InetSocketAddress destination) throws IOException {
        channel.send(payload, destination);
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
