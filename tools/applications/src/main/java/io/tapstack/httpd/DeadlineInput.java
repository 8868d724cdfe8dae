package io.tapstack.httpd;

import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * A connection's input with a deadline for many small reads together, so that a client cannot hold a connection by
 * sending a byte now and then.
 */
final class DeadlineInput extends InputStream {

    private static final byte[] NOTHING = {};

    private final StreamConnection connection;
    private final InputStream input;
    private final Runnable whenBegun;
    private long deadlineNanos;
    private long nanosFromFirstByte;

    // Bytes that another reader has read: they come first.
    private byte[] early = NOTHING;
    private int earlyTaken;

    /** @param whenBegun called at each first byte that was {@linkplain #expectWithin(Duration, Duration) waited for} */
    DeadlineInput(final StreamConnection connection, final Runnable whenBegun) {
        this.connection = connection;
        this.whenBegun = whenBegun;
        this.input = connection.input();
    }

    /** All bytes from now on must arrive within {@code limit}. */
    void expectWithin(final Duration limit) {
        deadlineNanos = System.nanoTime() + limit.toNanos();
        nanosFromFirstByte = 0;
    }

    /** The first byte must arrive within {@code first}, everything after it within {@code rest} of the first. */
    void expectWithin(final Duration first, final Duration rest) {
        deadlineNanos = System.nanoTime() + first.toNanos();
        nanosFromFirstByte = rest.toNanos();
    }

    /** True until the first byte has arrived, after {@link #expectWithin(Duration, Duration)}. */
    boolean untouched() {
        return nanosFromFirstByte != 0;
    }

    /**
     * Hands over bytes that were read from the connection already; {@link #early} bytes handed over before have been
     * read by now.
     */
    void early(final byte[] bytes) {
        early = bytes;
        earlyTaken = 0;
    }

    /** The bytes handed over last, if nothing has been read from the connection since; otherwise none. */
    byte[] early() {
        return early;
    }

    /** True if bytes are left of those handed over. */
    boolean hasEarly() {
        return earlyTaken < early.length;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(final byte[] into, final int offset, final int length) throws IOException {
        if (hasEarly()) {
            final int count = Math.min(length, early.length - earlyTaken);
            System.arraycopy(early, earlyTaken, into, offset, count);
            earlyTaken += count;
            touched();
            return count;
        }
        early = NOTHING;
        earlyTaken = 0;
        final long remainingNanos = deadlineNanos - System.nanoTime();
        if (remainingNanos <= 0) {
            throw new SocketTimeoutException("deadline passed");
        }
        connection.readTimeoutMillis((int) Math.min(Integer.MAX_VALUE, remainingNanos / 1_000_000 + 1));
        final int count = input.read(into, offset, length);
        if (count >= 0) {
            touched();
        }
        return count;
    }

    private void touched() {
        if (nanosFromFirstByte != 0) {
            deadlineNanos = System.nanoTime() + nanosFromFirstByte;
            nanosFromFirstByte = 0;
            whenBegun.run();
        }
    }
}
