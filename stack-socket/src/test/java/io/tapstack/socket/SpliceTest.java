package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Splices between sockets, and transfers between a socket and a channel, without a buffer of the application's. */
final class SpliceTest extends TwoHostsTest {

    private static final int EBADF = -SocketError.EBADF.errno();

    private final CountDownLatch ended = new CountDownLatch(1);

    // ---- Sockets

    @Test
    void theSocketsAreClosedToEverybodyElse() throws Exception {
        final StreamSocket listener = listener(2);
        final StreamSocket first = connect(listener);
        final StreamSocket near = accept(listener);
        final StreamSocket second = connect(listener);
        final StreamSocket far = accept(listener);
        final Splice splice = Splice.join(near, far, ended::countDown);
        assertThat(near.send(bytes("x"), 0)).isEqualTo(EBADF);
        assertThat(far.recv(ByteBuffer.allocate(1), 0)).isEqualTo(EBADF);
        assertThat(near.close()).isEqualTo(EBADF);
        assertThat(first.send(bytes("there"), 0)).isEqualTo(5);
        assertThat(receive(second, 5)).isEqualTo("there");
        assertThat(second.send(bytes("back"), 0)).isEqualTo(4);
        assertThat(receive(first, 4)).isEqualTo("back");
        first.close();
        second.close();
        ended.await();
        assertThat(splice.isEnded()).isTrue();
        assertThat(splice.failure()).isNull();
        assertThat(splice.forwardBytes()).isEqualTo(5);
        assertThat(splice.backBytes()).isEqualTo(4);
    }

    @Test
    void aReaderThatWaitsIsWokenByTheHandOver() throws Exception {
        final StreamSocket listener = listener(1);
        connect(listener);
        final StreamSocket accepted = accept(listener);
        final int[] result = new int[1];
        final Thread reader = startAndWait(() -> result[0] = accepted.recv(ByteBuffer.allocate(1), 0));
        Splice.join(accepted, accepted, ended::countDown);
        reader.join();
        assertThat(result[0]).isEqualTo(EBADF);
    }

    /** No byte could be passed on to it, and so the end of the other side would never be seen. */
    @Test
    void refusesASocketWhoseOutputWasShutDown() throws Exception {
        final StreamSocket listener = listener(2);
        connect(listener);
        final StreamSocket near = accept(listener);
        connect(listener);
        final StreamSocket far = accept(listener);
        assertThat(far.shutdown(Shutdown.OUTPUT)).isZero();
        assertRefused(SocketError.EPIPE, near, far);
        assertRefused(SocketError.EPIPE, far, near);
    }

    /** A reader returns borrowed bytes to the receive queue, which would belong to the splice by then. */
    @Test
    void refusesASocketThatIsBeingRead() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket accepted = accept(listener);
        client.send(bytes("before"), 0);
        await(accepted, PollEvents.POLLIN);
        final ByteBuffer read = ByteBuffer.allocate(6);
        final WritableByteChannel target = new Narrow(read) {
            @Override
            public int write(final ByteBuffer source) {
                assertRefused(SocketError.EAGAIN, accepted, accepted);
                return super.write(source);
            }
        };
        assertThat(accepted.recvTo(target, 0)).isEqualTo(6);
        assertThat(text(read)).isEqualTo("before");
        echo(accepted);
        client.send(bytes("behind"), 0);
        assertThat(receive(client, 6)).isEqualTo("behind");
    }

    @Test
    void refusesWhatIsNotConnected() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket accepted = accept(listener);
        final StreamSocket fresh = open(there.stream());
        assertRefused(SocketError.ENOTCONN, accepted, fresh);
        assertRefused(SocketError.ENOTCONN, accepted, listener);
        assertRefused(SocketError.EINVAL, accepted, client);
        fresh.close();
        assertRefused(SocketError.EBADF, accepted, fresh);
        // The other socket is unchanged.
        assertThat(accepted.send(bytes("still"), 0)).isEqualTo(5);
        assertThat(receive(client, 5)).isEqualTo("still");
    }

    @Test
    void closeDeliversAndAbortResets() throws Exception {
        final StreamSocket listener = listener(2);
        final StreamSocket first = connect(listener);
        final Splice echo = echo(accept(listener));
        assertThat(first.send(bytes("x"), 0)).isEqualTo(1);
        assertThat(receive(first, 1)).isEqualTo("x");
        echo.close();
        assertThat(first.recv(ByteBuffer.allocate(1), 0)).isZero();
        final StreamSocket second = connect(listener);
        final Splice other = echo(accept(listener));
        other.abort();
        assertThat(second.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-SocketError.ECONNRESET.errno());
    }

    // ---- Channels

    @Test
    void bytesOfAChannelArrive() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        final byte[] data = new byte[3_000_000];
        new Random(1).nextBytes(data);
        final FutureTask<Integer> sent = start(() -> {
            final ScatteringByteChannel source = new Scattering(Channels.newChannel(new ByteArrayInputStream(data)));
            int sum = 0;
            for (int count = client.sendFrom(source, 0); count > 0; count = client.sendFrom(source, 0)) {
                sum += count;
            }
            client.shutdown(Shutdown.OUTPUT);
            return sum;
        });
        final ByteArrayOutputStream received = new ByteArrayOutputStream();
        final WritableByteChannel target = Channels.newChannel(received);
        int sum = 0;
        for (int count = server.recvTo(target, 0); count > 0; count = server.recvTo(target, 0)) {
            sum += count;
        }
        assertThat(sum).isEqualTo(data.length).isEqualTo(sent.get());
        assertThat(Arrays.equals(received.toByteArray(), data)).isTrue();
    }

    @Test
    void whatAChannelDoesNotTakeStays() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("abcdef"), 0);
        await(server, PollEvents.POLLIN);
        final ByteBuffer taken = ByteBuffer.allocate(4);
        final WritableByteChannel narrow = new Narrow(taken);
        assertThat(server.recvTo(narrow, DONTWAIT)).isEqualTo(4);
        assertThat(text(taken)).isEqualTo("abcd");
        assertThat(server.recvTo(narrow, DONTWAIT)).isEqualTo(EAGAIN);
        assertThat(receive(server, 2)).isEqualTo("ef");
        assertThat(server.recvTo(narrow, DONTWAIT)).isEqualTo(EAGAIN);
    }

    @Test
    void aChannelThatFailsLeavesTheSocketAsItWas() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        final IOException broken = new IOException("broken, for this test");
        final ScatteringByteChannel source = new Scattering(new Narrow(ByteBuffer.allocate(0)) {
            @Override
            public int read(final ByteBuffer target) throws IOException {
                throw broken;
            }
        });
        assertThatThrownBy(() -> client.sendFrom(source, 0)).isSameAs(broken);
        client.send(bytes("on"), 0);
        assertThat(receive(server, 2)).isEqualTo("on");
    }

    private void assertRefused(final SocketError error, final StreamSocket first, final StreamSocket second) {
        assertThatThrownBy(() -> Splice.join(first, second, ended::countDown))
                .isInstanceOfSatisfying(
                        SocketErrorException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    private Splice echo(final StreamSocket socket) throws SocketErrorException {
        return Splice.join(socket, socket, ended::countDown);
    }

    private static String receive(final StreamSocket socket, final int length) {
        final ByteBuffer target = ByteBuffer.allocate(length);
        assertThat(socket.recv(target, MessageFlags.MSG_WAITALL)).isEqualTo(length);
        return text(target);
    }

    /** Takes no more bytes than fit. */
    private static class Narrow implements WritableByteChannel, ReadableByteChannel {
        private final ByteBuffer target;

        Narrow(final ByteBuffer target) {
            this.target = target;
        }

        @Override
        public int write(final ByteBuffer source) {
            final int count = Math.min(source.remaining(), target.remaining());
            for (int i = 0; i < count; i++) {
                target.put(source.get());
            }
            return count;
        }

        @Override
        public int read(final ByteBuffer into) throws IOException {
            return -1;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** A channel that fills one buffer after the other. */
    private record Scattering(ReadableByteChannel below) implements ScatteringByteChannel {

        @Override
        public int read(final ByteBuffer target) throws IOException {
            return below.read(target);
        }

        @Override
        public long read(final ByteBuffer[] targets, final int offset, final int length) throws IOException {
            long sum = 0;
            for (int i = offset; i < offset + length; i++) {
                final int count = below.read(targets[i]);
                if (count < 0) {
                    return sum > 0 ? sum : -1;
                }
                sum += count;
                if (targets[i].hasRemaining()) {
                    break;
                }
            }
            return sum;
        }

        @Override
        public long read(final ByteBuffer[] targets) throws IOException {
            return read(targets, 0, targets.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            try {
                below.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
