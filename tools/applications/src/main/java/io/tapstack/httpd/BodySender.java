package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;

/** A way to send a part of a file. Stateless. */
interface BodySender {

    /**
     * Sends {@code count} bytes from {@code position}, and reports progress to {@code transfer}.
     *
     * @return true if all were sent; false if the file was cut short, after the bytes that it still has were sent
     * @throws IOException when the connection fails, or the file cannot be read
     */
    boolean send(MappedFile file, long position, long count, StreamConnection connection, Transfer transfer)
            throws IOException;
}
