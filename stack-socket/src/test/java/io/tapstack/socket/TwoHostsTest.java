package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** The common part of tests of the BSD-like sockets: two hosts, a listener on the second, a client on the first. */
@Timeout(20)
abstract class TwoHostsTest {

    static final int EAGAIN = -SocketError.EAGAIN.errno();
    static final int DONTWAIT = MessageFlags.MSG_DONTWAIT;

    final List<RealTimeHost> hosts = RealTimeHost.onOffloadingLink();
    final SocketLayer here = hosts.get(0).sockets;
    final SocketLayer there = hosts.get(1).sockets;
    private final List<StackSocket> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(StackSocket::close);
        hosts.forEach(RealTimeHost::close);
    }

    final <S extends StackSocket> S open(final S socket) {
        opened.add(socket);
        return socket;
    }

    final StreamSocket listener(final int backlog) {
        final StreamSocket listener = open(there.stream());
        assertThat(listener.listen(backlog)).isZero();
        return listener;
    }

    /** The address of {@code socket} on the second host. */
    final Endpoint addressOf(final StackSocket socket) {
        return new Endpoint(
                hosts.get(1).endpoint.address(), socket.localEndpoint().port());
    }

    final StreamSocket connect(final StreamSocket listener) {
        final StreamSocket client = open(here.stream());
        assertThat(client.connect(addressOf(listener))).isZero();
        return client;
    }

    final StreamSocket accept(final StreamSocket listener) throws SocketErrorException {
        final StreamSocket accepted = listener.accept(0);
        assertThat(accepted).isNotNull();
        return open(accepted);
    }

    /**
     * Waits for one of {@code events}.
     *
     * @return the events found
     */
    static int await(final StackSocket socket, final int events) {
        final PollEntry entry = new PollEntry(socket, events);
        assertThat(socket.host.poll(List.of(entry), 10_000)).isEqualTo(1);
        return entry.revents();
    }

    /** All present events. */
    static int eventsOf(final StackSocket socket) {
        final PollEntry entry = new PollEntry(socket, -1);
        socket.host.poll(List.of(entry), 0);
        return entry.revents();
    }

    static ByteBuffer bytes(final String text) {
        return ByteBuffer.wrap(text.getBytes());
    }

    static String text(final ByteBuffer buffer) {
        return new String(buffer.array(), 0, buffer.position());
    }

    static int pendingError(final StackSocket socket) {
        return socket.option(SocketOptions.SOL_SOCKET, SocketOptions.SO_ERROR);
    }

    static <T> FutureTask<T> start(final Callable<T> work) {
        final FutureTask<T> task = new FutureTask<>(work);
        startThread(task);
        return task;
    }

    /** Starts {@code work} and waits until it waits. */
    static Thread startAndWait(final Runnable work) {
        final Thread thread = startThread(work);
        Parked.await(thread);
        return thread;
    }

    private static Thread startThread(final Runnable work) {
        final Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
