package io.tapstack.cli;

import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;

/** A network that a command has set up for itself: it ends with the command. */
public interface Session extends AutoCloseable {

    /** The TCP/IP stack. */
    Transport transport();

    /** The address to serve at. */
    InetAddress address();

    /** Takes the network down; open connections are reset. */
    @Override
    void close() throws IOException;
}
