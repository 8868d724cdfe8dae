package io.tapstack.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The JDK's own sockets, over the loopback of the machine. */
final class JdkKit implements StreamKit {

    @Override
    public Listener listen(final int port, final int backlog) throws IOException {
        return new JdkListener(new ServerSocket(port, backlog, InetAddress.getLoopbackAddress()));
    }

    @Override
    public Stream socket() {
        return new JdkStream(new Socket());
    }

    @Override
    public void close() {}

    private record JdkListener(ServerSocket socket) implements Listener {

        @Override
        public Stream accept() throws IOException {
            return new JdkStream(socket.accept());
        }

        @Override
        public void soTimeout(final int millis) throws IOException {
            socket.setSoTimeout(millis);
        }

        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record JdkStream(Socket socket) implements Stream {

        @Override
        public void connect(final InetSocketAddress remote, final int timeoutMillis) throws IOException {
            socket.connect(remote, timeoutMillis);
        }

        @Override
        public InputStream input() throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream output() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void soTimeout(final int millis) throws IOException {
            socket.setSoTimeout(millis);
        }

        @Override
        public void linger(final int seconds) throws IOException {
            socket.setSoLinger(true, seconds);
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
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        @Override
        public InetSocketAddress remote() {
            return (InetSocketAddress) socket.getRemoteSocketAddress();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
