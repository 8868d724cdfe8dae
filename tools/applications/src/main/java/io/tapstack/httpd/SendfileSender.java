package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;

/** Sends bytes by reference. The size of one call follows the speed of the connection ({@link PieceSize}). */
final class SendfileSender implements BodySender {

    @Override
    public boolean send(
            final MappedFile file,
            final long position,
            final long count,
            final StreamConnection connection,
            final Transfer transfer)
            throws IOException {
        final PieceSize piece = new PieceSize();
        long sent = 0;
        long before = System.nanoTime();
        while (sent < count) {
            final long taken = connection.sendFile(file, position + sent, Math.min(piece.bytes(), count - sent));
            if (taken == 0) {
                return false;
            }
            sent += taken;
            final long now = System.nanoTime();
            transfer.advance(taken, now);
            piece.took(now - before);
            before = now;
        }
        return true;
    }
}
