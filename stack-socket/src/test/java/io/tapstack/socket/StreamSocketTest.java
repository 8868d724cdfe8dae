package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Stream sockets call by call, with the results of Linux. */
final class StreamSocketTest extends TwoHostsTest {

    // ---- Opening

    @Test
    void aConnectThatDoesNotWaitIsInProgressThenDoneThenTold() {
        final StreamSocket listener = listener(1);
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        assertThat(client.connect(addressOf(listener))).isEqualTo(-SocketError.EINPROGRESS.errno());
        await(client, PollEvents.POLLOUT);
        assertThat(pendingError(client)).isZero();
        assertThat(client.connect(addressOf(listener))).isZero();
        assertThat(client.connect(addressOf(listener))).isEqualTo(-SocketError.EISCONN.errno());
    }

    @Test
    void aConnectInProgressIsAlreadyInProgress() {
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        final Endpoint nobody = new Endpoint(IpAddress.parse("10.1.0.77"), 80);
        assertThat(client.connect(nobody)).isEqualTo(-SocketError.EINPROGRESS.errno());
        assertThat(client.connect(nobody)).isEqualTo(-SocketError.EALREADY.errno());
        assertThat(client.send(bytes("x"), 0)).isEqualTo(EAGAIN);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isEqualTo(EAGAIN);
        assertThat(eventsOf(client)).isZero();
        assertThat(client.remoteEndpoint()).isNull();
        assertThat(client.localEndpoint().port()).isNotZero();
    }

    /**
     * A non-blocking connect is asked for its result only after the connection has received bytes and was reset: it
     * returns the error, the socket can connect again, and the unread bytes are released (the blocks are counted when
     * the host ends).
     */
    @Test
    void aConnectThatIsToldOfAResetGivesBackWhatWasReceived() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        assertThat(client.connect(addressOf(listener))).isEqualTo(-SocketError.EINPROGRESS.errno());
        final StreamSocket accepted = accept(listener);
        assertThat(accepted.send(bytes("hello"), 0)).isEqualTo(5);
        await(client, PollEvents.POLLIN);
        accepted.lingerSeconds(0);
        accepted.close();
        await(client, PollEvents.POLLHUP);
        assertThat(client.connect(addressOf(listener))).isEqualTo(-SocketError.ECONNRESET.errno());
        assertThat(client.recv(ByteBuffer.allocate(5), 0)).isEqualTo(-SocketError.ENOTCONN.errno());
        assertThat(client.connect(addressOf(listener))).isEqualTo(-SocketError.EINPROGRESS.errno());
    }

    @Test
    void aRefusalIsToldByTheSocketsError() {
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        final Endpoint closedPort = new Endpoint(hosts.get(1).endpoint.address(), 9);
        assertThat(client.connect(closedPort)).isEqualTo(-SocketError.EINPROGRESS.errno());
        final int events = await(client, PollEvents.POLLOUT);
        assertThat(events & PollEvents.POLLERR).isNotZero();
        assertThat(events & PollEvents.POLLHUP).isNotZero();
        assertThat(pendingError(client)).isEqualTo(SocketError.ECONNREFUSED.errno());
        assertThat(pendingError(client)).isZero();
    }

    @Test
    void afterARefusalTheSocketCanBeUsedAgain() {
        final StreamSocket client = open(here.stream());
        final Endpoint closedPort = new Endpoint(hosts.get(1).endpoint.address(), 9);
        assertThat(client.connect(closedPort)).isEqualTo(-SocketError.ECONNREFUSED.errno());
        assertThat(client.connect(closedPort)).isEqualTo(-SocketError.ECONNREFUSED.errno());
        assertThat(client.connect(addressOf(listener(1)))).isZero();
    }

    @Test
    void thereIsNoWayToOtherNetworks() {
        final StreamSocket client = open(here.stream());
        assertThat(client.connect(new Endpoint(IpAddress.parse("192.0.2.1"), 80)))
                .isEqualTo(-SocketError.ENETUNREACH.errno());
    }

    @Test
    void aSendTimeoutLimitsConnect() {
        final StreamSocket client = open(here.stream());
        client.sendTimeoutNanos(20_000_000);
        assertThat(client.connect(new Endpoint(IpAddress.parse("10.1.0.77"), 80)))
                .isEqualTo(-SocketError.EINPROGRESS.errno());
    }

    @Test
    void shuttingAConnectDownGivesItUp() {
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        client.connect(new Endpoint(IpAddress.parse("10.1.0.77"), 80));
        assertThat(client.shutdown(Shutdown.BOTH)).isZero();
        client.nonBlocking(false);
        assertThat(client.connect(addressOf(listener(1)))).isZero();
    }

    @Test
    void bindingFollowsTheRules() {
        final StreamSocket first = open(there.stream());
        assertThat(first.localEndpoint()).isEqualTo(Endpoint.anyIpv4(0));
        assertThat(first.bind(Endpoint.anyIpv4(8080))).isZero();
        assertThat(first.bind(Endpoint.anyIpv4(8081))).isEqualTo(-SocketError.EINVAL.errno());
        final StreamSocket second = open(there.stream());
        assertThat(second.bind(Endpoint.anyIpv4(8080))).isEqualTo(-SocketError.EADDRINUSE.errno());
        assertThat(second.bind(new Endpoint(IpAddress.parse("10.1.0.9"), 8080)))
                .isEqualTo(-SocketError.EADDRNOTAVAIL.errno());
        assertThat(second.bind(Endpoint.anyIpv4(0))).isZero();
        assertThat(second.localEndpoint().port()).isNotZero();
        first.close();
        final StreamSocket third = open(there.stream());
        assertThat(third.bind(Endpoint.anyIpv4(8080))).isZero();
    }

    @Test
    void aBoundSocketConnectsFromItsPort() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = open(here.stream());
        client.bind(Endpoint.anyIpv4(4_000));
        assertThat(client.connect(addressOf(listener))).isZero();
        assertThat(accept(listener).remoteEndpoint())
                .isEqualTo(new Endpoint(hosts.get(0).endpoint.address(), 4_000));
    }

    @Test
    void acceptAnswersOnListenersOnly() {
        final StreamSocket socket = open(there.stream());
        assertErrno(() -> socket.accept(0), SocketError.EINVAL);
        socket.close();
        assertErrno(() -> socket.accept(0), SocketError.EBADF);
    }

    @Test
    void acceptDoesNotWaitIfItMustNot() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        assertThat(listener.accept(DONTWAIT)).isNull();
        listener.nonBlocking(true);
        assertThat(listener.accept(0)).isNull();
        listener.nonBlocking(false);
        listener.receiveTimeoutNanos(1_000_000);
        assertThat(listener.accept(0)).isNull();
    }

    @Test
    void shuttingAListenersInputDownEndsListening() throws Exception {
        final StreamSocket listener = listener(1);
        final Endpoint address = addressOf(listener);
        final FutureTask<StreamSocket> accept = new FutureTask<>(() -> listener.accept(0));
        startAndWait(accept);
        assertThat(listener.shutdown(Shutdown.INPUT)).isZero();
        assertThatThrownBy(accept::get).hasCauseInstanceOf(SocketErrorException.class);
        assertThat(open(here.stream()).connect(address)).isEqualTo(-SocketError.ECONNREFUSED.errno());
        assertThat(listener.option(SocketOptions.SOL_SOCKET, SocketOptions.SO_ACCEPTCONN))
                .isZero();
    }

    @Test
    void acceptedSocketsInheritOptions() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        listener.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_NODELAY, 1);
        listener.lingerSeconds(3);
        connect(listener);
        final StreamSocket accepted = accept(listener);
        assertThat(accepted.option(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_NODELAY))
                .isEqualTo(1);
        assertThat(accepted.lingerSeconds()).isEqualTo(3);
    }

    // ---- Bytes

    @Test
    void peekingLeavesTheBytes() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("hello"), 0);
        await(server, PollEvents.POLLIN);
        final ByteBuffer peeked = ByteBuffer.allocate(10);
        assertThat(server.recv(peeked, MessageFlags.MSG_PEEK)).isEqualTo(5);
        final ByteBuffer taken = ByteBuffer.allocate(10);
        assertThat(server.recv(taken, 0)).isEqualTo(5);
        assertThat(text(peeked)).isEqualTo(text(taken)).isEqualTo("hello");
        assertThat(server.recv(taken, DONTWAIT)).isEqualTo(EAGAIN);
    }

    @Test
    void allIsWaitedForIfAskedFor() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        final ByteBuffer target = ByteBuffer.allocate(50_000);
        final FutureTask<Integer> received = new FutureTask<>(() -> server.recv(target, MessageFlags.MSG_WAITALL));
        startAndWait(received);
        client.send(ByteBuffer.allocate(20_000), 0);
        client.send(ByteBuffer.allocate(29_999), 0);
        await(client, PollEvents.POLLOUT);
        assertThat(received).isNotDone();
        client.send(ByteBuffer.allocate(10), 0);
        assertThat(received.get()).isEqualTo(50_000);
        assertThat(server.recv(ByteBuffer.allocate(100), 0)).isEqualTo(9);
    }

    @Test
    void waitingForAllEndsWithTheStream() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("short"), 0);
        client.shutdown(Shutdown.OUTPUT);
        assertThat(server.recv(ByteBuffer.allocate(100), MessageFlags.MSG_WAITALL))
                .isEqualTo(5);
        assertThat(server.recv(ByteBuffer.allocate(100), MessageFlags.MSG_WAITALL))
                .isZero();
    }

    @Test
    void peekingForAllWaitsForAll() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("abc"), 0);
        await(server, PollEvents.POLLIN);
        final ByteBuffer target = ByteBuffer.allocate(6);
        final int flags = MessageFlags.MSG_WAITALL | MessageFlags.MSG_PEEK;
        final FutureTask<Integer> peeked = new FutureTask<>(() -> server.recv(target, flags));
        startAndWait(peeked);
        client.send(bytes("def"), 0);
        assertThat(peeked.get()).isEqualTo(6);
        assertThat(text(target)).isEqualTo("abcdef");
    }

    @Test
    void aSendThatDoesNotWaitTakesWhatFits() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.nonBlocking(true);
        long sent = sendUntilItWouldWait(client);
        assertThat(sent).isPositive();
        // ACKs make room until the peer's buffer is full, too: then there is no POLLOUT for good.
        while ((eventsOf(client) & PollEvents.POLLOUT) != 0) {
            final long more = sendUntilItWouldWait(client);
            assertThat(more).as("taken after POLLOUT").isPositive();
            sent += more;
            assertThat(sent).as("what two buffers hold").isLessThan(100_000_000);
        }
        assertThat(client.unsentAndUnackedBytes()).isPositive();
        final ByteBuffer target = ByteBuffer.allocateDirect(500_000);
        for (long left = sent; left > 0; ) {
            target.clear();
            left -= server.recv(target, 0);
        }
        await(client, PollEvents.POLLOUT);
        assertThat(client.send(ByteBuffer.allocate(1), 0)).isEqualTo(1);
    }

    /** @return bytes taken before EAGAIN */
    private static long sendUntilItWouldWait(final StreamSocket socket) throws SocketErrorException {
        long sent = 0;
        int result = socket.send(ByteBuffer.allocateDirect(1_000_000), 0);
        while (result > 0) {
            sent += result;
            result = socket.send(ByteBuffer.allocateDirect(1_000_000), 0);
        }
        assertThat(result).isEqualTo(EAGAIN);
        return sent;
    }

    @Test
    void timeLimitsEndWaits() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        client.receiveTimeoutNanos(1_000_000);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isEqualTo(EAGAIN);
        client.sendTimeoutNanos(20_000_000);
        final int sent = client.send(ByteBuffer.allocateDirect(50_000_000), 0);
        assertThat(sent).isPositive().isLessThan(50_000_000);
        int next = sent;
        while (next > 0) {
            next = client.send(ByteBuffer.allocateDirect(50_000_000), 0);
        }
        assertThat(next).isEqualTo(EAGAIN);
    }

    @Test
    void heldBackBytesGoWithTheNext() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_NODELAY, 1);
        assertThat(client.send(bytes("head"), MessageFlags.MSG_MORE)).isEqualTo(4);
        client.send(bytes("body"), 0);
        final ByteBuffer target = ByteBuffer.allocate(100);
        assertThat(server.recv(target, 0)).isEqualTo(8);
    }

    @Test
    void aSocketThatIsNotConnectedHasNoBytes() {
        final StreamSocket socket = open(here.stream());
        assertThat(socket.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-SocketError.ENOTCONN.errno());
        assertThat(socket.send(bytes("x"), 0)).isEqualTo(-SocketError.EPIPE.errno());
        assertThat(socket.shutdown(Shutdown.OUTPUT)).isEqualTo(-SocketError.ENOTCONN.errno());
        assertThat(socket.availableBytes()).isZero();
    }

    // ---- Ends

    @Test
    void aResetIsToldOnce() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.lingerSeconds(0);
        client.close();
        assertThat(server.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-SocketError.ECONNRESET.errno());
        assertThat(server.recv(ByteBuffer.allocate(1), 0)).isZero();
        assertThat(server.send(bytes("x"), 0)).isEqualTo(-SocketError.EPIPE.errno());
        assertThat(server.failure()).isEqualTo(SocketError.ECONNRESET);
    }

    @Test
    void whatCameBeforeAResetIsRead() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("last words"), 0);
        await(server, PollEvents.POLLIN);
        client.lingerSeconds(0);
        client.close();
        await(server, PollEvents.POLLERR);
        assertThat(server.recv(ByteBuffer.allocate(100), 0)).isEqualTo(10);
        assertThat(server.recv(ByteBuffer.allocate(100), 0)).isEqualTo(-SocketError.ECONNRESET.errno());
    }

    @Test
    void closingWithUnreadDataResets() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("unread"), 0);
        await(server, PollEvents.POLLIN);
        server.close();
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-SocketError.ECONNRESET.errno());
    }

    @Test
    void lingeringWaitsForTheAcknowledgement() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        client.lingerSeconds(10);
        client.send(ByteBuffer.allocate(50_000), 0);
        assertThat(client.close()).isZero();
        assertThat(client.unsentAndUnackedBytes()).isZero();
        final StreamSocket server = accept(listener);
        assertThat(server.availableBytes()).isEqualTo(50_000);
    }

    @Test
    void lingeringEndsWithItsTime() {
        final StreamSocket client = connect(listener(1));
        client.sendTimeoutNanos(50_000_000);
        while (client.send(ByteBuffer.allocateDirect(10_000_000), 0) > 0) {
            // Until both buffers are full.
        }
        client.lingerSeconds(1);
        final long start = System.nanoTime();
        client.close();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    }

    @Test
    void whatComesAfterInputWasShutDownIsStillThere() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        server.shutdown(Shutdown.INPUT);
        assertThat(server.recv(ByteBuffer.allocate(1), 0)).isZero();
        client.send(bytes("late"), 0);
        while (server.availableBytes() < 4) {
            Thread.onSpinWait();
        }
        assertThat(server.recv(ByteBuffer.allocate(10), 0)).isEqualTo(4);
        assertThat(server.recv(ByteBuffer.allocate(10), 0)).isZero();
    }

    @Test
    void aClosedSocketIsABadDescriptor() {
        final StreamSocket socket = open(here.stream());
        final int badDescriptor = -SocketError.EBADF.errno();
        assertThat(socket.close()).isZero();
        assertThat(socket.close()).isEqualTo(badDescriptor);
        assertThat(socket.bind(Endpoint.anyIpv4(0))).isEqualTo(badDescriptor);
        assertThat(socket.listen(1)).isEqualTo(badDescriptor);
        assertThat(socket.connect(Endpoint.anyIpv4(1))).isEqualTo(badDescriptor);
        assertThat(socket.send(bytes("x"), 0)).isEqualTo(badDescriptor);
        assertThat(socket.recv(ByteBuffer.allocate(1), 0)).isEqualTo(badDescriptor);
        assertThat(socket.shutdown(Shutdown.BOTH)).isEqualTo(badDescriptor);
        assertThat(pendingError(socket)).isEqualTo(badDescriptor);
        assertThat(eventsOf(socket)).isEqualTo(PollEvents.POLLNVAL);
    }

    @Test
    void interruptsEndWaitsButNotWork() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final FutureTask<String> received = new FutureTask<>(() -> {
            final int first = client.recv(ByteBuffer.allocate(1), 0);
            final boolean stillInterrupted = Thread.currentThread().isInterrupted();
            final int sent = client.send(bytes("x"), 0);
            return first + " " + stillInterrupted + " " + sent;
        });
        startAndWait(received).interrupt();
        assertThat(received.get()).isEqualTo(-SocketError.EINTR.errno() + " true 1");
    }

    @Test
    void theEndOfTheStackWakesEverybody() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final FutureTask<Integer> received = new FutureTask<>(() -> client.recv(ByteBuffer.allocate(1), 0));
        startAndWait(received);
        final FutureTask<Integer> polled = new FutureTask<>(() -> await(client, PollEvents.POLLIN));
        startAndWait(polled);
        hosts.get(0).driver.close();
        assertThat(received.get()).isEqualTo(-SocketError.ENETDOWN.errno());
        assertThat(polled.get()).isEqualTo(PollEvents.POLLERR | PollEvents.POLLHUP);
        assertThat(client.send(bytes("x"), 0)).isEqualTo(-SocketError.ENETDOWN.errno());
        assertThat(open(here.stream()).listen(1)).isEqualTo(-SocketError.ENETDOWN.errno());
    }

    private static void assertErrno(
            final org.assertj.core.api.ThrowableAssert.ThrowingCallable call, final SocketError error) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SocketErrorException.class, e -> assertThat(e.error()).isEqualTo(error));
    }
}
