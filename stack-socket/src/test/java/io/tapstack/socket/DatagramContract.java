package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The behaviour of datagram sockets; run on the JDK's sockets and on ours. */
@Timeout(20)
@SuppressWarnings("NullAway.Init")
abstract class DatagramContract {

    /** A bound socket. */
    interface Datagrams extends Closeable {
        void connect(InetSocketAddress remote) throws IOException;

        /** @param destination null for the connected one */
        void send(byte[] payload, InetSocketAddress destination) throws IOException;

        InetSocketAddress receive(ByteBuffer target) throws IOException;

        void soTimeout(int millis) throws IOException;

        InetSocketAddress address();
    }

    private final List<Datagrams> opened = new ArrayList<>();
    private Datagrams client;
    private Datagrams server;

    /** A socket that the other side can reach. */
    abstract Datagrams bind(boolean atServer, int port) throws IOException;

    void closeKit() {}

    @BeforeEach
    void open() throws IOException {
        client = keep(bind(false, 0));
        server = keep(bind(true, 0));
    }

    @AfterEach
    void close() throws IOException {
        for (final Datagrams each : opened) {
            each.close();
        }
        closeKit();
    }

    @Test
    void datagramsArriveAsTheyWereSent() throws IOException {
        for (final int size : new int[] {0, 1, 1_000, 1_473, 5_000, 65_507}) {
            final byte[] payload = new byte[size];
            new Random(size).nextBytes(payload);
            client.send(payload, server.address());
            final ByteBuffer target = ByteBuffer.allocate(70_000);
            assertThat(server.receive(target)).isEqualTo(client.address());
            assertThat(received(target)).isEqualTo(payload);
        }
    }

    @Test
    void whatDoesNotFitIsLost() throws IOException {
        client.send("long".getBytes(), server.address());
        client.send("next".getBytes(), server.address());
        final ByteBuffer small = ByteBuffer.allocate(2);
        server.receive(small);
        assertThat(received(small)).asString().isEqualTo("lo");
        final ByteBuffer target = ByteBuffer.allocate(10);
        server.receive(target);
        assertThat(received(target)).asString().isEqualTo("next");
    }

    @Test
    void aConnectedSocketHearsOnlyItsPeer() throws IOException {
        final Datagrams stranger = keep(bind(false, 0));
        server.connect(client.address());
        stranger.send("no".getBytes(), server.address());
        client.send("yes".getBytes(), server.address());
        final ByteBuffer target = ByteBuffer.allocate(10);
        assertThat(server.receive(target)).isEqualTo(client.address());
        assertThat(received(target)).asString().isEqualTo("yes");
        server.send("back".getBytes(), null);
        assertThat(client.receive(ByteBuffer.allocate(10))).isEqualTo(server.address());
    }

    @Test
    void nobodyAtThePort() throws IOException {
        final InetSocketAddress gone = server.address();
        server.close();
        client.connect(gone);
        client.send(new byte[1], null);
        assertThatThrownBy(() -> client.receive(ByteBuffer.allocate(1))).isInstanceOf(PortUnreachableException.class);
    }

    @Test
    void tooMuchForADatagram() {
        assertThatThrownBy(() -> client.send(new byte[65_508], server.address()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aReceiveWaitsNoLongerThanAllowed() throws IOException {
        server.soTimeout(20);
        assertThatThrownBy(() -> server.receive(ByteBuffer.allocate(1)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("Receive timed out");
    }

    @Test
    void closingEndsAReceiveThatWaits() throws Exception {
        final FutureTask<InetSocketAddress> receive = new FutureTask<>(() -> server.receive(ByteBuffer.allocate(1)));
        final Thread thread = new Thread(receive);
        thread.start();
        Parked.await(thread);
        server.close();
        assertThatThrownBy(receive::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
    }

    @Test
    void aPortIsTakenOnce() {
        assertThatThrownBy(() -> bind(true, server.address().getPort())).isInstanceOf(BindException.class);
    }

    private Datagrams keep(final Datagrams made) {
        opened.add(made);
        return made;
    }

    private static byte[] received(final ByteBuffer target) {
        final byte[] bytes = new byte[target.position()];
        target.get(0, bytes);
        return bytes;
    }
}
