package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SO_RCVLOWAT (socket(7)): the bytes that a receive waits for, and a poll requires for "readable". */
@Timeout(20)
final class LowWaterTest extends TwoHostsTest {

    private StreamSocket client;
    private StreamSocket server;

    private void connect() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        client = connect(listener);
        server = accept(listener);
        assertThat(server.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_RCVLOWAT, 100))
                .isZero();
    }

    private int readable() throws SocketErrorException {
        return there.poll(List.of(new PollEntry(server, PollEvents.POLLIN)), 50);
    }

    @Test
    void pollWaitsForEnough() throws Exception {
        connect();
        client.send(ByteBuffer.allocate(99), 0);
        assertThat(readable()).isZero();
        client.send(ByteBuffer.allocate(1), 0);
        assertThat(there.poll(List.of(new PollEntry(server, PollEvents.POLLIN)), 10_000))
                .isEqualTo(1);
    }

    @Test
    void receiveWaitsForEnough() throws Exception {
        connect();
        client.send(ByteBuffer.allocate(60), 0);
        final FutureTask<Integer> receiving = new FutureTask<>(() -> server.recv(ByteBuffer.allocate(1_000), 0));
        final Thread receiver = new Thread(receiving);
        receiver.start();
        Parked.await(receiver);
        client.send(ByteBuffer.allocate(60), 0);
        assertThat(receiving.get()).isEqualTo(120);
    }

    /** A read for fewer bytes gets them; and one that must not wait gets the bytes that are there. */
    @Test
    void lessIsEnoughForWhoAsksForLess() throws Exception {
        connect();
        client.send(ByteBuffer.allocate(60), 0);
        assertThat(server.recv(ByteBuffer.allocate(10), 0)).isEqualTo(10);
        assertThat(server.recv(ByteBuffer.allocate(1_000), MessageFlags.MSG_DONTWAIT))
                .isEqualTo(50);
    }

    /** The end of the stream is enough. */
    @Test
    void endIsEnough() throws Exception {
        connect();
        client.send(ByteBuffer.allocate(60), 0);
        client.shutdown(Shutdown.OUTPUT);
        assertThat(there.poll(List.of(new PollEntry(server, PollEvents.POLLIN)), 10_000))
                .isEqualTo(1);
        assertThat(server.recv(ByteBuffer.allocate(1_000), 0)).isEqualTo(60);
        assertThat(server.recv(ByteBuffer.allocate(1_000), 0)).isZero();
    }

    /** More than the window can hold never comes without a read: then a poll reports a full window. */
    @Test
    void moreThanTheWindow() throws Exception {
        connect();
        assertThat(server.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_RCVLOWAT, 1 << 30))
                .isZero();
        client.nonBlocking(true);
        client.send(ByteBuffer.allocate(1 << 20), 0);
        assertThat(there.poll(List.of(new PollEntry(server, PollEvents.POLLIN)), 10_000))
                .isEqualTo(1);
    }
}
