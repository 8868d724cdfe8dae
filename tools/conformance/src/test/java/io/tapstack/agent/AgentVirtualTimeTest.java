package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.agent.AgentClient.Answer;
import io.tapstack.agent.WireTcp.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Packets, timers and waits in virtual time, to the microsecond. */
@Timeout(60)
class AgentVirtualTimeTest {

    private static final long SECOND = 1_000_000;
    private static final long MILLI = 1_000;

    private AgentFixture agent;
    private AgentClient client;
    private WirePeer peer;

    @BeforeEach
    void start() throws IOException {
        agent = new AgentFixture(true, "quickack=off");
        client = agent.connect();
        peer = new WirePeer(client);
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    @Test
    void nowIsNeverTheSame() throws IOException {
        final AgentClient other = agent.connect();
        long last = client.now();
        for (int i = 0; i < 100; i++) {
            final long next = (i % 2 == 0 ? client : other).now();
            assertThat(next).isEqualTo(last + 1);
            last = next;
        }
        client.advance(SECOND);
        assertThat(other.now()).isEqualTo(last + SECOND);
        // The clock has followed the returned times.
        final int fd = client.socket(AgentClient.STREAM | AgentClient.NONBLOCK);
        for (int i = 0; i < 5; i++) {
            last = client.now();
        }
        client.connect(fd, AgentFixture.PEER, 1).fails(AgentClient.EINPROGRESS);
        peer.receive(WireTcp.SYN);
        assertThat(peer.sentAt).isEqualTo(last);
    }

    @Test
    void nothingIsSentForTwoMinutes() throws IOException {
        final long start = client.now();
        client.packetOut().fails(AgentClient.ETIME);
        assertThat(client.now()).isEqualTo(start + 120 * SECOND);
    }

    /** RFC 6298: 1 s, then twice as long each time. */
    @Test
    void timersRunUpToTheNextPacket() throws IOException {
        final int fd = client.socket(AgentClient.STREAM | AgentClient.NONBLOCK);
        client.connect(fd, AgentFixture.PEER, WirePeer.PEER_PORT).fails(AgentClient.EINPROGRESS);
        peer.receive();
        final long first = peer.sentAt;
        peer.receive();
        assertThat(peer.sentAt).isEqualTo(first + SECOND);
        assertThat(client.now()).isEqualTo(first + SECOND);
        peer.receive();
        assertThat(peer.sentAt).isEqualTo(first + 3 * SECOND);
        client.advance(20 * SECOND);
        peer.receive();
        assertThat(peer.sentAt).as("when it was sent, not when it was fetched").isEqualTo(first + 7 * SECOND);
        peer.receive();
        assertThat(peer.sentAt).isEqualTo(first + 15 * SECOND);
        assertThat(client.now()).isEqualTo(first + 23 * SECOND);
    }

    @Test
    void packetsGoInAndOut() throws IOException {
        final int listener = client.listener(WirePeer.STACK_PORT);
        final int fd = peer.connectTo(listener);
        peer.send(WireTcp.ACK | WireTcp.PSH, "request".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(client.recv(fd, 100, 0).text()).isEqualTo("request");
        client.send(fd, "response").succeeds();
        final Segment response = peer.receive(WireTcp.ACK);
        assertThat(response.payload()).asString().isEqualTo("response");
        peer.send(WireTcp.ACK | WireTcp.FIN);
        peer.receive(WireTcp.ACK);
        assertThat(client.recv(fd, 100, 0).rc()).isZero();
        client.closeFd(fd).succeeds();
        peer.receive(WireTcp.ACK | WireTcp.FIN);
        peer.send(WireTcp.ACK);
        client.packetOut().fails(AgentClient.ETIME);
    }

    @Test
    void timeStandsStillWhenAWaitIsOver() throws Exception {
        final int listener = client.listener(WirePeer.STACK_PORT);
        final int fd = peer.connectTo(listener);
        client.call(12, fd, 1, 20, 0, AgentClient.longs(0, 300_000)).succeeds(); // SO_RCVTIMEO
        final AgentClient other = agent.connect();
        final long start = other.now();
        final FutureTask<Answer> reading = AgentFixture.concurrently(() -> other.recv(fd, 1, 0));
        Thread.sleep(500); // It makes its call before time moves.
        final FutureTask<Long> advancing = AgentFixture.concurrently(() -> {
            client.advance(2 * SECOND);
            return client.now();
        });
        reading.get().fails(AgentClient.EAGAIN);
        Thread.sleep(500);
        assertThat(advancing).as("time is held").isNotDone();
        assertThat(other.now()).isEqualTo(start + 300 * MILLI);
        assertThat(advancing.get()).isBetween(start + 2 * SECOND, start + 2 * SECOND + 2);
    }

    @Test
    void whoIsGoneHoldsNothing() throws Exception {
        final AgentClient other = agent.connect();
        final FutureTask<Answer> sleeping = AgentFixture.concurrently(() -> other.call(14, 0, 100));
        Thread.sleep(500);
        final FutureTask<Long> advancing = AgentFixture.concurrently(() -> {
            client.advance(SECOND);
            return client.now();
        });
        assertThat(sleeping.get().rc()).isZero();
        other.close();
        assertThat(advancing.get()).isGreaterThanOrEqualTo(SECOND);
    }

    /** No other connection could let time run. */
    @Test
    void timeGoesOnByItselfForASuiteOfOneConnection() throws IOException {
        final long start = client.now();
        client.call(14, 0, 1_500).succeeds();
        assertThat(client.now()).isEqualTo(start + 1_500 * MILLI);
        final int fd = client.socket(AgentClient.STREAM);
        client.connect(fd, AgentFixture.PEER, 1).fails(AgentClient.ETIMEDOUT);
        assertThat(client.now()).isBetween(start + 247 * SECOND, start + 250 * SECOND);
    }

    @Test
    void aWaitDoesNotMoveTimeWhileOthersAreThere() throws Exception {
        final AgentClient other = agent.connect();
        final FutureTask<Answer> sleeping = AgentFixture.concurrently(() -> other.call(14, 0, 10));
        Thread.sleep(600);
        assertThat(sleeping).isNotDone();
        assertThat(client.now()).isLessThan(10 * MILLI);
        client.advance(10 * MILLI);
        assertThat(sleeping.get().rc()).isZero();
    }

    @Test
    void aConnectWaitsForTheHandshake() throws Exception {
        final int fd = client.socket(AgentClient.STREAM);
        final AgentClient other = agent.connect();
        final FutureTask<Answer> connecting =
                AgentFixture.concurrently(() -> other.connect(fd, AgentFixture.PEER, WirePeer.PEER_PORT));
        while (client.call(23, fd, 0).succeeds().blob()[0] == 0
                && client.call(23, fd, 0).blob()[1] == 0) {
            Thread.sleep(1); // Until it has made its call.
        }
        final Segment syn = peer.receive();
        client.packetIn(WireTcp.packet(
                WirePeer.PEER_PORT, syn.sourcePort(), 7, syn.seq() + 1, WireTcp.RST | WireTcp.ACK, 0, new byte[0]));
        connecting.get().fails(AgentClient.ECONNREFUSED);
    }

    @Test
    void theSameCallsGiveTheSamePackets() throws Exception {
        final List<String> first = conversation(client);
        client.reset();
        assertThat(conversation(client)).as("after a reset").isEqualTo(first);
        try (AgentFixture another = new AgentFixture(true, "quickack=off")) {
            assertThat(conversation(another.connect())).as("of another agent").isEqualTo(first);
        }
    }

    /** @return packets and times, counted from the start */
    private static List<String> conversation(final AgentClient suite) throws IOException {
        final long start = suite.now();
        final int listener = suite.listener(WirePeer.STACK_PORT);
        final WirePeer remote = new WirePeer(suite);
        final int fd = remote.connectTo(listener);
        suite.send(fd, 0, WirePeer.zeros(20_000)).succeeds();
        suite.connect(suite.socket(AgentClient.STREAM | AgentClient.NONBLOCK), AgentFixture.PEER, 99);
        final List<String> packets = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            final Answer packet = suite.packetOut().succeeds();
            packets.add(packet.x() - start + " " + java.util.HexFormat.of().formatHex(packet.blob()));
        }
        return packets;
    }

    @Test
    void whatIsNotFetchedKeepsTheStackWaiting() throws IOException {
        final int fd = client.socket(AgentClient.DGRAM | AgentClient.NONBLOCK);
        client.connect(fd, AgentFixture.PEER, 9).succeeds();
        int sent = 0;
        Answer answer = client.send(fd, "x");
        while (answer.errno() == 0 && sent < 10_000) {
            sent++;
            answer = client.send(fd, "x");
        }
        answer.fails(AgentClient.EAGAIN);
        assertThat(sent).isEqualTo(4_096);
        client.packetOut().succeeds();
        assertThat(client.poll(fd, AgentClient.POLLOUT, 0)).isEqualTo(AgentClient.POLLOUT);
        client.send(fd, "x").succeeds();
    }
}
