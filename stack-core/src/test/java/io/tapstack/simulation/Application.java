package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.tcp.ReadBatch;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** An application that plays its {@link TrafficScript} on one connection, and checks every byte that it reads. */
final class Application {

    private final String name;
    private final TrafficScript script;
    private final BufferPool pool;
    private final Pattern outgoing;
    private final Pattern incoming;
    private final SplittableRandom random;
    private final long abortAt;
    private final ByteBuffer buffer = ByteBuffer.allocate(TrafficScript.BULK);
    private final ReadBatch batch = new ReadBatch();

    private @Nullable TcpConnection connection;
    private long written;
    private long received;
    private long nextWrite;
    private long nextRead;
    private boolean shutDown;
    private boolean closed;
    private boolean closedInPeace;
    private boolean aborted;

    /** @param stream number of the stream that it writes; it reads the other of 0 and 1 */
    Application(
            final String name,
            final TrafficScript script,
            final BufferPool pool,
            final int stream,
            final SplittableRandom random,
            final long nowNanos) {
        this.name = name;
        this.script = script;
        this.pool = pool;
        this.outgoing = new Pattern(stream);
        this.incoming = new Pattern(1 - stream);
        this.random = random;
        this.abortAt =
                script.abortNanos() == TrafficScript.NEVER ? TrafficScript.NEVER : nowNanos + script.abortNanos();
        this.nextWrite = nowNanos;
        this.nextRead = nowNanos;
    }

    /** Sets the connection. */
    void use(final TcpConnection newConnection) {
        this.connection = newConnection;
    }

    boolean isConnected() {
        return connection != null;
    }

    /** True once it has finished with its connection. */
    boolean isDone() {
        return closed;
    }

    /** The error of its connection, or null. */
    @Nullable
    SocketError error() {
        return connection == null ? null : connection.error();
    }

    /** Writes, reads and closes as far as possible now. */
    void step(final long now) {
        final TcpConnection tcp = connection;
        if (tcp == null || closed) {
            return;
        }
        if (abortAt != TrafficScript.NEVER && now - abortAt >= 0) {
            tcp.abort(now);
            aborted = true;
            close(tcp, now);
            return;
        }
        while (!closed && (read(tcp, now) | write(tcp, now))) {
            end(tcp, now);
        }
        end(tcp, now);
    }

    /** The time of its next action, or {@link Long#MAX_VALUE} if it waits for its connection. */
    long nextEvent(final long now) {
        final TcpConnection tcp = connection;
        if (tcp == null || closed) {
            return Long.MAX_VALUE;
        }
        long next = abortAt;
        if (tcp.readableBytes() > 0 && nextRead - now > 0) {
            next = SimulatedNetwork.earlier(next, nextRead);
        }
        if (mayWrite(tcp) && nextWrite - now > 0) {
            next = SimulatedNetwork.earlier(next, nextWrite);
        }
        return next;
    }

    // ---- Writing

    private boolean mayWrite(final TcpConnection tcp) {
        return !shutDown
                && written < Math.min(script.sends(), script.gate().open(received, tcp.isInputEnded()))
                && tcp.writableBytes() > 0;
    }

    private boolean write(final TcpConnection tcp, final long now) {
        if (nextWrite - now > 0 || !mayWrite(tcp)) {
            return false;
        }
        final long open = Math.min(script.sends(), script.gate().open(received, tcp.isInputEnded()));
        final int most = (int) Math.min(Math.min(TrafficScript.BULK, script.maxWrite()), open - written);
        final int length = 1 + random.nextInt(most);
        // MSG_MORE is used only if more bytes follow at once.
        final boolean more = written + length < open && script.writePauseNanos() == 0 && random.nextInt(4) == 0;
        written += script.byReference() ? writeRegion(tcp, length, more, now) : writeCopy(tcp, length, more, now);
        nextWrite = now + pause(script.writePauseNanos());
        return true;
    }

    private int writeCopy(final TcpConnection tcp, final int length, final boolean more, final long now) {
        buffer.clear().limit(length);
        outgoing.fill(buffer, written);
        return tcp.write(buffer, length, more, now);
    }

    private int writeRegion(final TcpConnection tcp, final int length, final boolean more, final long now) {
        final Region region = pool.region(length);
        outgoing.fill(region.bytes().slice(0, length), written);
        tcp.write(region, 0, length, more, now);
        region.release();
        return length;
    }

    // ---- Reading

    private boolean read(final TcpConnection tcp, final long now) {
        if (nextRead - now > 0 || tcp.readableBytes() == 0) {
            return false;
        }
        final int most = 1 + random.nextInt(Math.min(TrafficScript.BULK, script.maxRead()));
        received += script.byReference() ? readBorrowed(tcp, most, now) : readCopy(tcp, most, now);
        if (received > script.expects()) {
            throw new AssertionError(name + " received " + received + " of " + script.expects() + " bytes");
        }
        nextRead = now + pause(script.readPauseNanos());
        return true;
    }

    private int readCopy(final TcpConnection tcp, final int most, final long now) {
        buffer.clear().limit(most);
        final int length = tcp.read(buffer, false, now);
        check(buffer, 0, length, received);
        return length;
    }

    private int readBorrowed(final TcpConnection tcp, final int most, final long now) {
        final int length = tcp.borrow(batch, most);
        long position = received;
        for (int piece = 0; piece < batch.pieces(); piece++) {
            check(batch.region(piece).bytes(), batch.offset(piece), batch.length(piece), position);
            position += batch.length(piece);
        }
        tcp.consume(batch, length, now);
        return length;
    }

    private void check(final ByteBuffer bytes, final int offset, final int length, final long position) {
        final long wrong = incoming.firstWrong(bytes, offset, length, position);
        if (wrong >= 0) {
            throw new AssertionError(name + " read a wrong byte at " + wrong);
        }
    }

    // ---- The end

    private void end(final TcpConnection tcp, final long now) {
        if (closed) {
            return;
        }
        final boolean allWritten = written == script.sends();
        final boolean dead = tcp.error() != null || tcp.state() == TcpState.CLOSED;
        if (dead && tcp.readableBytes() == 0) {
            close(tcp, now);
            return;
        }
        if (tcp.state() == TcpState.SYN_SENT) {
            // A CLOSE now would give up the attempt (RFC 9293 3.10.4).
            return;
        }
        switch (script.ending()) {
            case SHUTDOWN -> {
                if (allWritten && !shutDown) {
                    tcp.shutdownOutput(now);
                    shutDown = true;
                }
                if (shutDown && tcp.isInputEnded()) {
                    close(tcp, now);
                }
            }
            case CLOSE -> {
                if (allWritten && received == script.expects()) {
                    close(tcp, now);
                }
            }
            case FOLLOW -> {
                if (allWritten && tcp.isInputEnded()) {
                    close(tcp, now);
                }
            }
        }
    }

    private void close(final TcpConnection tcp, final long now) {
        closed = true;
        closedInPeace = tcp.error() == null;
        tcp.close(now);
    }

    private long pause(final long longest) {
        return longest == 0 ? 0 : random.nextLong(longest + 1);
    }

    /** Fails unless it has done all that its script asked for. */
    void verify() {
        if (aborted) {
            return;
        }
        // A reset that follows our close is no failure: the peer's ACKs of our FIN were lost until it had left
        // TIME-WAIT, and then our FIN was answered by a reset (RFC 9293 3.10.7.1). The peer verifies that it has every
        // byte.
        final SocketError error = error();
        if (error != null && !(closedInPeace && error == SocketError.ECONNRESET)) {
            throw new AssertionError(this + " failed with " + error);
        }
        if (!closed || written != script.sends() || received != script.expects()) {
            throw new AssertionError(this + ": not everything was done");
        }
    }

    @Override
    public String toString() {
        return "%s wrote %d of %d, read %d of %d, %s"
                .formatted(
                        name,
                        written,
                        script.sends(),
                        received,
                        script.expects(),
                        connection == null ? "not connected" : connection.toString());
    }
}
