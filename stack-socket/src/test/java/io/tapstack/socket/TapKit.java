package io.tapstack.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

/** Our sockets: clients on the first host, servers on the last. */
final class TapKit implements StreamKit {

    final List<RealTimeHost> hosts;

    TapKit(final List<RealTimeHost> hosts) {
        this.hosts = hosts;
    }

    RealTimeHost clientHost() {
        return hosts.get(0);
    }

    RealTimeHost serverHost() {
        return hosts.get(hosts.size() - 1);
    }

    @Override
    public Listener listen(final int port, final int backlog) throws IOException {
        final InetSocketAddress local = new InetSocketAddress(serverHost().address, port);
        return new TapListener(TapServerSocket.listen(serverHost().sockets, local, backlog));
    }

    @Override
    public Stream socket() {
        return new TapStream(new TapSocket(clientHost().sockets));
    }

    @Override
    public void close() {
        hosts.forEach(RealTimeHost::close);
    }

    private record TapListener(TapServerSocket socket) implements Listener {

        @Override
        public Stream accept() throws IOException {
            return new TapStream(socket.accept());
        }

        @Override
        public void soTimeout(final int millis) {
            socket.soTimeout(millis);
        }

        @Override
        public InetSocketAddress address() {
            return socket.localAddress();
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private record TapStream(TapSocket socket) implements Stream {

        @Override
        public void connect(final InetSocketAddress remote, final int timeoutMillis) throws IOException {
            socket.connect(remote, timeoutMillis);
        }

        @Override
        public InputStream input() throws IOException {
            return socket.input();
        }

        @Override
        public OutputStream output() throws IOException {
            return socket.output();
        }

        @Override
        public void soTimeout(final int millis) {
            socket.soTimeout(millis);
        }

        @Override
        public void linger(final int seconds) {
            socket.soLinger(seconds);
        }

        @Override
        public void shutdownInput() throws IOException {
            socket.shutdownInput();
        }

        @Override
        public void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public InetSocketAddress local() {
            return socket.localAddress();
        }

        @Override
        public InetSocketAddress remote() {
            return Objects.requireNonNull(socket.remoteAddress());
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
