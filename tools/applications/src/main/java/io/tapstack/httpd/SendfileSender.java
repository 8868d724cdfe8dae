package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;

/**
 * Sends bytes by reference. The size of one call follows the speed of the connection: small enough that a slow client
 * is seen to make progress, large enough that a fast one costs few calls.
 */
final class SendfileSender implements BodySender {

    private static final long MIN_PIECE_BYTES = 64 * 1024;
    private static final long MAX_PIECE_BYTES = 8 * 1024 * 1024;
    private static final long FAST_NANOS = 100_000_000;
    private static final long SLOW_NANOS = 1_000_000_000;

    @Override
    public boolean send(
            final MappedFile file,
            final long position,
            final long count,
            final StreamConnection connection,
            final Transfer transfer)
            throws IOException {
        long piece = MIN_PIECE_BYTES;
        long sent = 0;
        long before = System.nanoTime();
        while (sent < count) {
            final long taken = connection.sendFile(file, position + sent, Math.min(piece, count - sent));
            if (taken == 0) {
                return false;
            }
            sent += taken;
            final long now = System.nanoTime();
            transfer.advance(taken, now);
            if (now - before < FAST_NANOS) {
                piece = Math.min(MAX_PIECE_BYTES, piece * 2);
            } else if (now - before > SLOW_NANOS) {
                piece = Math.max(MIN_PIECE_BYTES, piece / 2);
            }
            before = now;
        }
        return true;
    }
}
