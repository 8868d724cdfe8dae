package io.tapstack.socket;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;

/** Sockets for the same tests: the JDK's, which define the right behaviour, and ours. */
interface StreamKit extends AutoCloseable {

    interface Listener extends Closeable {
        Stream accept() throws IOException;

        void soTimeout(int millis) throws IOException;

        InetSocketAddress address();
    }

    interface Stream extends Closeable {
        void connect(InetSocketAddress remote, int timeoutMillis) throws IOException;

        InputStream input() throws IOException;

        OutputStream output() throws IOException;

        void soTimeout(int millis) throws IOException;

        void linger(int seconds) throws IOException;

        void shutdownInput() throws IOException;

        void shutdownOutput() throws IOException;

        InetSocketAddress local();

        InetSocketAddress remote();
    }

    /**
     * A listener that clients can reach.
     *
     * @param port 0 for any
     */
    Listener listen(int port, int backlog) throws IOException;

    /** A client's socket, not connected. */
    Stream socket() throws IOException;

    @Override
    void close();
}
