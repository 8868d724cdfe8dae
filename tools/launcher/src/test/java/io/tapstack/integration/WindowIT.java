package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.Flow;
import io.tapstack.event.StackEvents;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StreamSocket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Buffers that tune themselves, and the options that hold data back, with the kernel at the other end. */
@Timeout(60)
class WindowIT {

    private static final long MIB = 1 << 20;
    private static final int PORT = 7000;
    private static final int START = 1 << 16;

    private final Threads threads = new Threads();
    private TestNetwork network;
    private ServerSocket kernelListener;

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open();
        kernelListener = new ServerSocket(PORT, 8, network.hostAddress());
    }

    @AfterEach
    void close() throws Exception {
        threads.close();
        kernelListener.close();
        network.close();
    }

    private StreamSocket connect() {
        final StreamSocket socket = network.sockets().stream();
        final IpAddress host = IpAddress.of(network.hostAddress().getAddress());
        assertThat(socket.connect(new Endpoint(host, PORT))).isZero();
        return socket;
    }

    private static int receiveBuffer(final StreamSocket socket) {
        return socket.option(SocketOptions.SOL_SOCKET, SocketOptions.SO_RCVBUF) / 2;
    }

    /**
     * The kernel sends 64 MiB; the application reads all of it.
     *
     * @return the size of the receive buffer at the end
     */
    private int upload(final StreamSocket stack) throws Exception {
        try (Socket kernel = kernelListener.accept()) {
            final Future<Summary> sent = threads.start(() -> {
                final Summary written = TestBytes.write(kernel.getOutputStream(), 0, 64 * MIB);
                kernel.shutdownOutput();
                return written;
            });
            final ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            long received = 0;
            for (int count = 1; count > 0; received += count) {
                count = stack.recv(buffer.clear(), 0);
                assertThat(count).isNotNegative();
            }
            assertThat(received).isEqualTo(64 * MIB);
            assertThat(Threads.result(sent).count()).isEqualTo(received);
            return receiveBuffer(stack);
        } finally {
            stack.close();
        }
    }

    @Test
    void receiveBufferGrowsForWhoReadsMuch() throws Exception {
        final StreamSocket stack = connect();
        assertThat(receiveBuffer(stack)).isEqualTo(START);
        assertThat(upload(stack)).isGreaterThan(2 * START);
    }

    @Test
    void receiveBufferThatWasSetStays() throws Exception {
        final StreamSocket stack = connect();
        assertThat(stack.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_RCVBUF, 100_000))
                .isZero();
        assertThat(upload(stack)).isEqualTo(100_000);
    }

    /** Without a reader the kernel fills the offered window, and sends no more. */
    @Test
    void receiveBufferStaysForWhoDoesNotRead() throws Exception {
        final StreamSocket stack = connect();
        try (Socket kernel = kernelListener.accept()) {
            threads.start(() -> {
                kernel.getOutputStream().write(new byte[1 << 20]);
                return null;
            });
            Awaitility.await().until(() -> stack.availableBytes() > START - 3_000);
            assertThat(receiveBuffer(stack)).isEqualTo(START);
            // The announced window is rounded up to a value of the header, by less than a segment in all (RFC 7323
            // 2.4).
            assertThat(stack.availableBytes()).isLessThan(START + 1_460);
        }
        stack.close();
    }

    /** The send buffer follows the congestion window, which grows when the kernel reads. */
    @Test
    void sendBufferGrows() throws Exception {
        final StreamSocket stack = connect();
        try (Socket kernel = kernelListener.accept()) {
            final int before = stack.option(SocketOptions.SOL_SOCKET, SocketOptions.SO_SNDBUF);
            final Future<Summary> read = threads.start(() -> TestBytes.readAll(kernel.getInputStream()));
            final ByteBuffer piece = ByteBuffer.allocate(1 << 20);
            int most = 0;
            for (int i = 0; i < 64; i++) {
                piece.clear();
                assertThat(stack.send(piece, 0)).isPositive();
                most = Math.max(most, stack.option(SocketOptions.SOL_SOCKET, SocketOptions.SO_SNDBUF));
            }
            assertThat(most).isGreaterThan(before);
            stack.close();
            assertThat(Threads.result(read).count()).isPositive();
        }
    }

    /** TCP_CORK: the kernel receives nothing of a message until it is complete, or 200 ms are over. */
    @Test
    void cork() throws Exception {
        final StreamSocket stack = connect();
        try (Socket kernel = kernelListener.accept()) {
            final InputStream input = kernel.getInputStream();
            assertThat(stack.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_CORK, 1))
                    .isZero();
            stack.send(ByteBuffer.wrap(new byte[] {1, 2}), 0);
            stack.send(ByteBuffer.wrap(new byte[] {3}), 0);
            assertThat(stack.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_CORK, 0))
                    .isZero();
            assertThat(input.readNBytes(3)).containsExactly(1, 2, 3);
            assertThat(stack.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_CORK, 1))
                    .isZero();
            stack.send(ByteBuffer.wrap(new byte[] {4}), 0);
            // The ceiling.
            assertThat(input.read()).isEqualTo(4);
        }
        stack.close();
    }

    /**
     * The kernel's window shrinks under the flight (SO_RCVBUF made smaller), closes, and opens again: every byte
     * arrives.
     */
    @Test
    void kernelClosesItsWindow() throws Exception {
        final AtomicBoolean closed = new AtomicBoolean();
        network.observe(new StackEvents() {

            @Override
            public void peerWindow(final Flow flow, final int bytes) {
                closed.set(bytes == 0);
            }
        });
        final StreamSocket stack = connect();
        try (Socket kernel = kernelListener.accept()) {
            final Future<Integer> written = threads.start(() -> {
                final ByteBuffer bytes = ByteBuffer.wrap(TestBytes.at(0, 16 << 20));
                while (bytes.hasRemaining()) {
                    assertThat(stack.send(bytes, 0)).isPositive();
                }
                return stack.shutdown(io.tapstack.socket.Shutdown.OUTPUT);
            });
            kernel.setReceiveBufferSize(4_096);
            Awaitility.await("the window is closed").untilTrue(closed);
            assertThat(kernel.getInputStream().readAllBytes()).isEqualTo(TestBytes.at(0, 16 << 20));
            assertThat(Threads.result(written)).isZero();
        }
        stack.close();
    }

    /** SO_RCVLOWAT and TCP_QUICKACK together: a request in two pieces is read as one, and is acknowledged. */
    @Test
    void requestInTwoPieces() throws Exception {
        final StreamSocket stack = connect();
        try (Socket kernel = kernelListener.accept()) {
            assertThat(stack.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_RCVLOWAT, 20))
                    .isZero();
            final OutputStream output = kernel.getOutputStream();
            final Future<Integer> read = threads.start(() -> stack.recv(ByteBuffer.allocate(100), 0));
            output.write(new byte[10]);
            output.write(new byte[10]);
            assertThat(Threads.result(read)).isEqualTo(20);
        }
        stack.close();
    }
}
