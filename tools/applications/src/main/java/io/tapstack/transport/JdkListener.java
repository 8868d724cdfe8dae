package io.tapstack.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

final class JdkListener implements Listener {

    private final ServerSocketChannel channel;
    private final InetSocketAddress local;

    JdkListener(final ServerSocketChannel channel) throws IOException {
        this.channel = channel;
        this.local = (InetSocketAddress) channel.getLocalAddress();
    }

    @Override
    public StreamConnection accept() throws IOException {
        return new JdkStreamConnection(channel.accept());
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
