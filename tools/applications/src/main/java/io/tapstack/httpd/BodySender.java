package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;

/** A way to send a part of a file. Stateless. */
interface BodySender {

    /**
     * Sends {@code count} bytes from {@code position}, and tells {@code transfer} as they go.
     *
     * @return whether all were sent; false if the file turned out to be cut short, after what it still has was sent
     * @throws IOException when the connection fails, or the file cannot be read
     */
    boolean send(MappedFile file, long position, long count, StreamConnection connection, Transfer transfer)
            throws IOException;
}
