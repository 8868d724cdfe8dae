package io.tapstack.httpd;

import io.tapstack.httpd.SourceChoice.Source;
import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Sends bytes by a copy or by reference, piece by piece, as is faster for the file at present ({@link SourceChoice}).
 * The size of a piece follows the speed of the connection, as in {@link SendfileSender}.
 */
final class AutoSender implements BodySender {

    /** Pieces below, of slow connections, are not measured. */
    private static final long MEASURED_BYTES = 1 << 20;

    /** The unit of preparation: a power of two, as are the pieces. */
    private static final int UNIT_BYTES = 8 << 20;

    private final Map<MappedFile, Known> files = Collections.synchronizedMap(new WeakHashMap<>());

    /** What is known about one open file. */
    private static final class Known {

        private final SourceChoice choice;

        /** The units whose pages are in the page tables, as far as is known. */
        private final BitSet prepared = new BitSet();

        Known(final MappedFile file) {
            this.choice = new SourceChoice(file.size());
        }

        void prepare(final MappedFile file, final long position, final long count) {
            for (long unit = position / UNIT_BYTES; unit * UNIT_BYTES < position + count; unit++) {
                if (take((int) unit)) {
                    final long start = unit * UNIT_BYTES;
                    final long bytes = Math.min(UNIT_BYTES, file.size() - start);
                    final long before = System.nanoTime();
                    PageTables.populate(file, start, bytes);
                    choice.prepared(bytes, System.nanoTime() - before);
                }
            }
        }

        private boolean take(final int unit) {
            synchronized (prepared) {
                final boolean missing = !prepared.get(unit);
                prepared.set(unit);
                return missing;
            }
        }

        void forgetPreparation() {
            synchronized (prepared) {
                prepared.clear();
            }
        }
    }

    @Override
    public boolean send(
            final MappedFile file,
            final long position,
            final long count,
            final StreamConnection connection,
            final Transfer transfer)
            throws IOException {
        final Known known = files.computeIfAbsent(file, Known::new);
        final PieceSize piece = new PieceSize();
        Source last = Source.READ;
        int pieces = 0;
        long sent = 0;
        while (sent < count) {
            final long at = position + sent;
            final long wanted = Math.min(piece.bytes(), count - sent);
            final Source source = known.choice.next(pieces, System.nanoTime());
            if (source == Source.MAPPED) {
                known.prepare(file, at, wanted);
            }
            final long before = System.nanoTime();
            final long taken = source == Source.READ
                    ? connection.sendCopy(file, at, wanted)
                    : connection.sendFile(file, at, wanted);
            if (taken == 0) {
                return false;
            }
            sent += taken;
            final long now = System.nanoTime();
            transfer.advance(taken, now);
            piece.took(now - before);
            if (pieces > 0 && source == last && taken >= MEASURED_BYTES) {
                known.choice.sent(source, taken, now - before, now);
            } else {
                known.choice.sent(taken);
            }
            if (source == Source.MAPPED && !known.choice.usesMapping()) {
                known.forgetPreparation(); // the kernel may have taken pages back, which would explain it
            }
            pieces++;
            last = source;
        }
        return true;
    }
}
