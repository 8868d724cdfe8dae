package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** {@code poll(2)} on stream sockets; the expected events are those of Linux's {@code tcp_poll}. */
final class PollTest extends TwoHostsTest {

    private static final int READABLE = PollEvents.POLLIN | PollEvents.POLLRDNORM;
    private static final int WRITABLE = PollEvents.POLLOUT | PollEvents.POLLWRNORM;

    @Test
    void aFreshSocketHasHungUp() {
        assertThat(eventsOf(open(here.stream()))).isEqualTo(WRITABLE | PollEvents.POLLHUP);
    }

    @Test
    void aListenerIsReadableWhenSomebodyWaits() throws SocketErrorException {
        final StreamSocket listener = listener(5);
        assertThat(eventsOf(listener)).isZero();
        connect(listener);
        await(listener, PollEvents.POLLIN);
        assertThat(eventsOf(listener)).isEqualTo(READABLE);
        accept(listener);
        assertThat(eventsOf(listener)).isZero();
    }

    @Test
    void aConnectionGoesThroughItsStages() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        assertThat(eventsOf(server)).isEqualTo(WRITABLE);
        client.send(bytes("x"), 0);
        await(server, PollEvents.POLLIN);
        assertThat(eventsOf(server)).isEqualTo(WRITABLE | READABLE);
        server.recv(ByteBuffer.allocate(1), 0);
        assertThat(eventsOf(server)).isEqualTo(WRITABLE);
        client.shutdown(Shutdown.OUTPUT);
        await(server, PollEvents.POLLRDHUP);
        assertThat(eventsOf(server)).isEqualTo(WRITABLE | READABLE | PollEvents.POLLRDHUP);
        assertThat(eventsOf(client)).isEqualTo(WRITABLE);
        server.shutdown(Shutdown.OUTPUT);
        await(server, PollEvents.POLLHUP);
        assertThat(eventsOf(server)).isEqualTo(WRITABLE | READABLE | PollEvents.POLLRDHUP | PollEvents.POLLHUP);
        await(client, PollEvents.POLLHUP);
    }

    @Test
    void dataBehindWhichTheStreamEndsIsAnnounced() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("x"), 0);
        client.shutdown(Shutdown.OUTPUT);
        await(server, PollEvents.POLLRDHUP);
        assertThat(eventsOf(server)).isEqualTo(WRITABLE | READABLE | PollEvents.POLLRDHUP);
        assertThat(server.recv(ByteBuffer.allocate(9), 0)).isEqualTo(1);
    }

    @Test
    void onlyWhatIsAskedForIsAnswered() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final PollEntry entry = new PollEntry(client, PollEvents.POLLIN);
        assertThat(here.poll(List.of(entry), 0)).isZero();
        assertThat(entry.revents()).isZero();
        entry.events(PollEvents.POLLOUT);
        assertThat(here.poll(List.of(entry), 0)).isEqualTo(1);
        assertThat(entry.revents()).isEqualTo(PollEvents.POLLOUT);
    }

    @Test
    void itWaitsForTheFirstOfMany() throws Exception {
        final StreamSocket listener = listener(3);
        final StreamSocket first = connect(listener);
        final StreamSocket second = connect(listener);
        accept(listener);
        final StreamSocket peerOfSecond = accept(listener);
        final List<PollEntry> entries =
                List.of(new PollEntry(first, PollEvents.POLLIN), new PollEntry(second, PollEvents.POLLIN));
        final FutureTask<Integer> poll = new FutureTask<>(() -> here.poll(entries, -1));
        startAndWait(poll);
        peerOfSecond.send(bytes("x"), 0);
        assertThat(poll.get()).isEqualTo(1);
        assertThat(entries.get(0).revents()).isZero();
        assertThat(entries.get(1).revents()).isEqualTo(PollEvents.POLLIN);
    }

    @Test
    void itEndsWithItsTime() {
        final long start = System.nanoTime();
        assertThat(here.poll(List.of(new PollEntry(connect(listener(1)), PollEvents.POLLIN)), 20))
                .isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(here.poll(List.of(), 5)).isZero();
    }

    @Test
    void closingASocketEndsIt() throws Exception {
        final StreamSocket client = connect(listener(1));
        final PollEntry entry = new PollEntry(client, PollEvents.POLLIN);
        final FutureTask<Integer> poll = new FutureTask<>(() -> here.poll(List.of(entry), -1));
        startAndWait(poll);
        client.close();
        assertThat(poll.get()).isEqualTo(1);
        assertThat(entry.revents()).isEqualTo(PollEvents.POLLNVAL);
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        final PollEntry entry = new PollEntry(connect(listener(1)), PollEvents.POLLIN);
        final FutureTask<Integer> poll = new FutureTask<>(() -> here.poll(List.of(entry), -1));
        startAndWait(poll).interrupt();
        assertThat(poll.get()).isEqualTo(-SocketError.EINTR.errno());
    }

    @Test
    void nobodyIsLeftWatching() {
        final StreamSocket client = connect(listener(1));
        for (int i = 0; i < 3; i++) {
            here.poll(List.of(new PollEntry(client, PollEvents.POLLIN)), 1);
        }
        assertThat(client.isWatched()).isFalse();
    }
}
