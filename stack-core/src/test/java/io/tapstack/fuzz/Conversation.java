package io.tapstack.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.simulation.Pattern;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.connection.TcbInspection;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * A connection of the stack, its peer and its application: the bytes written and read, and the invariants that follow.
 */
final class Conversation {

    private static final Pattern STREAM = new Pattern(2);

    final TcpConnection connection;
    final TcbInspection tcb;
    final ModelPeer peer;

    private long written;
    private long read;
    private int checked; // the peer's bytes whose origin was checked
    private boolean handedOut;
    private boolean deaf; // received bytes are dropped: closed or shut down
    private boolean over;
    private boolean finAllowed;
    private boolean acceptable; // once established it can be accepted, even when it is over

    Conversation(final TcpConnection connection, final ModelPeer peer) {
        this.connection = connection;
        this.tcb = new TcbInspection(connection);
        this.peer = peer;
    }

    // ---- The application

    /** The first bytes of an application. */
    static ByteBuffer firstBytes(final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        STREAM.fill(bytes, 0);
        return bytes;
    }

    /** The application has it. */
    void handOut() {
        handedOut = true;
    }

    /** The application has opened it, and has written {@code length} bytes. */
    void handOut(final int length) {
        handOut();
        written += length;
    }

    boolean isHandedOut() {
        return handedOut && !over;
    }

    /** No part of the host has it any more: neither the stack, nor the application, nor an accept queue. */
    boolean isForgotten() {
        return connection.state() == TcpState.CLOSED && (over || !handedOut && !acceptable);
    }

    void write(final int length, final boolean more, final long nowNanos) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        STREAM.fill(bytes, written);
        // It has to be known before it is sent, which happens in the call.
        final int room = connection.state().canSend() && !tcb.finQueued() ? connection.writableBytes() : 0;
        written += Math.min(length, room);
        final int taken = connection.write(bytes, length, more, nowNanos);
        assertThat(taken).as("bytes taken").isEqualTo(Math.min(length, room));
    }

    void read(final int length, final boolean peek, final long nowNanos) {
        final int readable = connection.readableBytes();
        final boolean atMark = connection.isAtUrgentMark();
        final ByteBuffer target = ByteBuffer.allocate(length);
        final int copied = connection.read(target, peek, nowNanos);
        final int start = tcb.readNext() - (peek ? 0 : copied);
        final int skipped = copied > 0 || atMark ? start - (tcb.irs() + 1 + (int) read) : 0;
        // tcp(7): an urgent byte is no part of the stream, so a read stops before it, and the next one skips it.
        assertThat(skipped).as("bytes skipped").isBetween(0, atMark ? 1 : 0);
        final int expected = Math.min(length, readable);
        assertThat(copied).as("bytes read").isBetween(Math.min(1, expected), expected);
        final boolean stopped = tcb.isUrgent() && (peek || connection.isAtUrgentMark());
        assertThat(stopped || copied == expected)
                .as("%d of %d bytes read, or as far as the mark", copied, expected)
                .isTrue();
        for (int i = 0; i < copied; i++) {
            assertThat(target.get(i)).as("byte %d of the peer's", read + i).isEqualTo(ModelPeer.byteAt(start + i));
        }
        read += skipped + (peek ? 0 : copied);
    }

    void shutdownInput(final long nowNanos) {
        deaf = true;
        connection.shutdownInput(nowNanos);
    }

    void shutdownOutput(final long nowNanos) {
        finAllowed = true;
        connection.shutdownOutput(nowNanos);
    }

    void close(final long nowNanos) {
        deaf = true;
        over = true;
        finAllowed = true;
        connection.close(nowNanos);
    }

    /** Resets the connection; the application still has it. */
    void abort(final long nowNanos) {
        deaf = true;
        connection.abort(nowNanos);
    }

    // ---- The checks

    /** The invariants while the stack is at rest. */
    void check() {
        tcb.check();
        if (!connection.state().isSynchronized()) {
            return;
        }
        acceptable = true;
        final int fin = tcb.finReceived() ? 1 : 0;
        final int received = tcb.rcvNxt() - tcb.irs() - 1 - fin;
        assertThat(peer.hasSent(tcb.irs() + 1 + checked, received - checked))
                .as("bytes %d to %d, acknowledged, were sent once", checked, received)
                .isTrue();
        checked = received;
        if (fin > 0) {
            assertThat(peer.hasSentFin(tcb.rcvNxt() - 1))
                    .as("a FIN that was sent")
                    .isTrue();
        }
        if (!deaf) {
            assertThat(read + tcb.queuedBytes())
                    .as("read and queued, of what was acknowledged")
                    .isEqualTo(received);
            assertThat(connection.isInputEnded())
                    .as("end of stream")
                    .isEqualTo(fin > 0 && connection.readableBytes() == 0);
        }
    }

    /** True if the bytes of the segment were written here, at its position. */
    boolean isInStream(final CapturedSegment segment) {
        final long end = (long) position(segment) + segment.payload().length;
        final boolean fin = segment.has(TcpHeader.FIN);
        return position(segment) >= 0 && (fin ? end == written : end <= written);
    }

    /** The position of the segment in our stream. */
    private int position(final CapturedSegment segment) {
        return segment.seq() - tcb.iss() - 1;
    }

    /** The stack has sent this segment of our stream. */
    void checkSent(final CapturedSegment segment) {
        final int position = position(segment);
        final byte[] payload = segment.payload();
        for (int i = 0; i < payload.length; i++) {
            if (payload[i] != STREAM.at(position + i)) {
                throw new AssertionError("byte " + (position + i) + " is not what was written: " + segment);
            }
        }
        if (segment.has(TcpHeader.FIN)) {
            assertThat(finAllowed || !handedOut)
                    .as("a FIN without a close: %s", this)
                    .isTrue();
        }
    }

    @Override
    public String toString() {
        return connection + " written " + written + " read " + read + " readable " + connection.readableBytes();
    }
}
