package io.tapstack.simulation.grid;

import io.tapstack.error.SocketErrorException;
import io.tapstack.simulation.SimulatedHost;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.ReadBatch;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.wire.Endpoint;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A connection and the applications at its ends: one writes all that fits, or piece by piece, the other reads at once
 * and checks every byte.
 */
final class BulkFlow {

    /** Any prime: no length of a segment or block divides it, so a misplaced byte shows. */
    private static final int PERIOD = 65_521;

    private static final int PIECE = 16_384;
    private static final ByteBuffer CONTENT = content();

    private final TcpConnection sender;
    private @Nullable TcpConnection receiver;
    private final ByteBuffer source = CONTENT.duplicate();
    private final ReadBatch batch = new ReadBatch();
    private final GridLoad load;
    private long limit;
    private long open; // most bytes written by now
    private long goOnAt = SimulatedNetwork.NEVER;
    private long pausedNanos;
    private long written;
    private long received;
    private boolean mayWrite;
    private boolean mayRead;
    private boolean shutDown;
    private boolean ended;

    /**
     * @param limit most bytes written
     * @param load of the flow
     */
    BulkFlow(
            final SimulatedHost from,
            final Endpoint to,
            final TcpConfig config,
            final long limit,
            final GridLoad load,
            final long now) {
        this.limit = limit;
        this.load = load;
        this.open = load.pieceBytes() == 0 ? limit : Math.min(limit, load.pieceBytes());
        try {
            this.sender = from.stack().tcp().connect(null, to, config, ConnectionObserver.NONE, now);
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
        sender.observer(new ConnectionObserver() {
            @Override
            public void connected() {
                mayWrite = true;
            }

            @Override
            public void writable() {
                mayWrite = true;
            }
        });
    }

    private static ByteBuffer content() {
        final SplittableRandom random = new SplittableRandom(PERIOD);
        final byte[] bytes = new byte[PERIOD];
        random.nextBytes(bytes);
        return ByteBuffer.allocateDirect(2 * PERIOD).put(bytes).put(bytes).flip();
    }

    /** The sender's end. */
    Endpoint local() {
        return sender.local();
    }

    void accept(final TcpConnection accepted) {
        receiver = accepted;
        mayRead = true;
        accepted.observer(new ConnectionObserver() {
            @Override
            public void readable() {
                mayRead = true;
            }
        });
    }

    /** The number of bytes read. */
    long received() {
        return received;
    }

    /** Stops writing; the bytes written have to arrive. */
    void stop() {
        limit = written;
        open = written;
        mayWrite = true;
    }

    /** True once both ends have closed, and every byte has arrived. */
    boolean isDone() {
        return ended;
    }

    /** The time at which it writes again, or {@link SimulatedNetwork#NEVER} if it does not wait for a time. */
    long nextEvent() {
        return goOnAt;
    }

    /** The time of all pauses between its pieces. */
    long pausedNanos() {
        return pausedNanos;
    }

    void step(final long now) {
        if (open < limit && received == open) {
            nextPiece(now);
        }
        if (mayWrite) {
            write(now);
        }
        if (mayRead && receiver != null) {
            read(receiver, now);
        }
    }

    private void nextPiece(final long now) {
        if (goOnAt == SimulatedNetwork.NEVER) {
            goOnAt = now + load.pauseNanos();
            pausedNanos += load.pauseNanos();
        }
        if (goOnAt - now <= 0) {
            goOnAt = SimulatedNetwork.NEVER;
            open = Math.min(limit, open + load.pieceBytes());
            mayWrite = true;
        }
    }

    private void write(final long now) {
        mayWrite = false;
        if (sender.error() != null) {
            throw new AssertionError("the connection failed with " + sender.error() + ": " + this);
        }
        while (written < open) {
            final int room = sender.writableBytes();
            if (room == 0) {
                sender.wakeWriter();
                return;
            }
            final int length = (int) Math.min(Math.min(room, PIECE), open - written);
            final int at = (int) (written % PERIOD);
            source.limit(at + length).position(at);
            written += sender.write(source, length, written + length < open, now);
        }
        if (written == limit && !shutDown) {
            shutDown = true;
            sender.shutdownOutput(now);
        }
    }

    private void read(final TcpConnection tcp, final long now) {
        mayRead = false;
        for (int length = tcp.borrow(batch, Integer.MAX_VALUE); length > 0; ) {
            for (int piece = 0; piece < batch.pieces(); piece++) {
                check(batch.region(piece).bytes(), batch.offset(piece), batch.length(piece));
            }
            tcp.consume(batch, length, now);
            length = tcp.borrow(batch, Integer.MAX_VALUE);
        }
        if (tcp.error() != null) {
            throw new AssertionError("the connection failed with " + tcp.error() + ": " + this);
        }
        if (!ended && tcp.isInputEnded()) {
            if (!shutDown || received != written) {
                throw new AssertionError("the stream ended too early: " + this);
            }
            ended = true;
            tcp.close(now);
            sender.close(now);
        }
    }

    private void check(final ByteBuffer bytes, final int offset, final int length) {
        for (int done = 0; done < length; ) {
            final int step = Math.min(length - done, PERIOD);
            final ByteBuffer expected = CONTENT.slice((int) (received % PERIOD), step);
            final int wrong = bytes.slice(offset + done, step).mismatch(expected);
            if (wrong >= 0) {
                throw new AssertionError("a wrong byte at " + (received + wrong) + ": " + this);
            }
            received += step;
            done += step;
        }
    }

    @Override
    public String toString() {
        return "wrote %d of %d, read %d, %s".formatted(written, limit, received, sender);
    }
}
