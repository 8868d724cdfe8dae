package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.agent.WireTcp.Segment;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effect of each setting, on the wire. */
@Timeout(60)
class AgentSettingsTest {

    private static final int OPTION_MSS = 2;
    private static final int OPTION_SCALE = 3;
    private static final int OPTION_SACK_PERMITTED = 4;
    private static final int OPTION_TIMESTAMPS = 8;
    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000_000;

    private AgentFixture agent;
    private AgentClient client;
    private WirePeer peer;

    @BeforeEach
    void start() throws IOException {
        agent = new AgentFixture(true, "rto.initial=1500", "iss=77");
        client = agent.connect();
        peer = new WirePeer(client);
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    private Segment syn(final String... settings) throws IOException {
        for (final String setting : settings) {
            client.set(setting).succeeds();
        }
        final int fd = client.socket(AgentClient.STREAM | AgentClient.NONBLOCK);
        client.connect(fd, AgentFixture.PEER, WirePeer.PEER_PORT).fails(AgentClient.EINPROGRESS);
        final Segment syn = peer.receive();
        assertThat(syn.flags() & ~(WireTcp.ECE | WireTcp.CWR | WireTcp.AE)).isEqualTo(WireTcp.SYN);
        client.call(12, fd, 1, 13, 0, AgentClient.ints(1, 0)).succeeds();
        client.closeFd(fd).succeeds();
        return syn;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "mtu",
                "nonesuch=1",
                "mtu=",
                "mtu=67",
                "mtu=65536",
                "mtu=1500 ",
                "mss=10",
                "rcvwnd=0",
                "wscale=15",
                "wscale=-2",
                "timestamps=2",
                "sack=yes",
                "ecn=maybe",
                "ecn=6",
                "ecn_option=4",
                "ecn_option=often",
                "ecn_option_beacon=64",
                "abe=1",
                "delack=-1",
                "quickack=",
                "rto.initial=1s",
                "rto.min=x",
                "iw=0",
                "cc=nonesuch",
                "iss=4294967296",
                "iss=-1",
                "iss=rfc",
                "ttl=0",
                "ttl=256",
                "syncookies=on",
                "time_wait=",
                "keepalive.idle=",
                "keepalive.count=0",
                "keepalive.x=1",
                "MTU=1500"
            })
    void badOnes(final String setting) throws IOException {
        client.set(setting).fails(AgentClient.EINVAL);
        assertThatThrownBy(() -> new AgentFixture(true, setting)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mtu() throws IOException {
        assertThat(syn().option(OPTION_MSS)).isEqualTo(1_460);
        assertThat(syn("mtu=576").option(OPTION_MSS)).isEqualTo(536);
        assertThat(syn("mtu=9000").option(OPTION_MSS)).isEqualTo(8_960);
        final int fd = client.socket(AgentClient.DGRAM);
        client.connect(fd, AgentFixture.PEER, 9).succeeds();
        client.set("mtu=1000").succeeds();
        client.send(fd, 0, WirePeer.zeros(1_500)).succeeds();
        assertThat(client.packetOut().blob()).as("a fragment").hasSize(20 + 976);
    }

    @Test
    void mss() throws IOException {
        assertThat(syn("mss=1000").option(OPTION_MSS)).isEqualTo(1_000);
        assertThat(syn("mss=0").option(OPTION_MSS)).isEqualTo(1_460);
    }

    @Test
    void receiveWindowAndScale() throws IOException {
        final Segment small = syn("rcvwnd=20000");
        assertThat(small.window()).isEqualTo(20_000);
        assertThat(syn("wscale=7").option(OPTION_SCALE)).isEqualTo(7);
        assertThat(syn("wscale=-1").option(OPTION_SCALE)).isEqualTo(-1);
        assertThat(syn("wscale=0").option(OPTION_SCALE)).isZero();
    }

    @Test
    void timestampsAndSack() throws IOException {
        assertThat(syn("timestamps=on").option(OPTION_TIMESTAMPS)).isNotEqualTo(-1);
        assertThat(syn("timestamps=off").option(OPTION_TIMESTAMPS)).isEqualTo(-1);
        assertThat(syn("sack=on").option(OPTION_SACK_PERMITTED)).isZero();
        assertThat(syn("sack=off").option(OPTION_SACK_PERMITTED)).isEqualTo(-1);
    }

    @Test
    void ecn() throws IOException {
        final int asking = WireTcp.ECE | WireTcp.CWR;
        assertThat(syn("ecn=on").flags() & asking).isEqualTo(asking);
        assertThat(syn("ecn=passive").flags() & asking).isZero();
        assertThat(syn("ecn=off").flags() & asking).isZero();
        assertThat(syn("ecn=accurate").flags() & (asking | WireTcp.AE)).isEqualTo(asking | WireTcp.AE);
        assertThat(syn("ecn=accurate_in").flags() & (asking | WireTcp.AE)).isEqualTo(asking);
        assertThat(syn("ecn=accurate_passive").flags() & (asking | WireTcp.AE)).isZero();
        // Linux's numbers of tcp_ecn.
        assertThat(syn("ecn=3").flags() & (asking | WireTcp.AE)).isEqualTo(asking | WireTcp.AE);
        assertThat(syn("ecn=1").flags() & (asking | WireTcp.AE)).isEqualTo(asking);
    }

    @Test
    void initialSequenceNumberAndTimeToLive() throws IOException {
        assertThat(syn().seq()).isEqualTo(77);
        assertThat(syn("iss=4000000000").seq()).isEqualTo((int) 4_000_000_000L);
        assertThat(syn("iss=rfc6528").seq()).isNotEqualTo(syn().seq());
        assertThat(syn().ttl()).isEqualTo(64);
        assertThat(syn("ttl=3").ttl()).isEqualTo(3);
        final int fd = client.socket(AgentClient.DGRAM);
        client.connect(fd, AgentFixture.PEER, 9).succeeds();
        client.send(fd, "x").succeeds();
        assertThat(client.packetOut().blob()[8]).isEqualTo((byte) 3);
    }

    @Test
    void initialTimeout() throws IOException {
        final int fd = client.socket(AgentClient.STREAM | AgentClient.NONBLOCK);
        client.connect(fd, AgentFixture.PEER, WirePeer.PEER_PORT).fails(AgentClient.EINPROGRESS);
        peer.receive();
        final long first = peer.sentAt;
        peer.receive();
        assertThat(peer.sentAt).as("as on the command line").isEqualTo(first + 1_500 * MILLI);
    }

    @Test
    void leastTimeout() throws IOException {
        client.set("rto.min=700").succeeds();
        client.set("sack=off").succeeds();
        final int fd = peer.connectTo(client.listener(WirePeer.STACK_PORT));
        client.send(fd, "x").succeeds();
        peer.receive();
        final long first = peer.sentAt;
        peer.receive();
        assertThat(peer.sentAt - first).isBetween(700 * MILLI, 710 * MILLI);
    }

    @Test
    void initialWindow() throws IOException {
        client.set("iw=3").succeeds();
        final int fd = peer.connectTo(client.listener(WirePeer.STACK_PORT));
        client.send(fd, 0, WirePeer.zeros(20 * 1_460)).succeeds();
        peer.receive();
        final long first = peer.sentAt;
        int atOnce = 0;
        while (peer.sentAt == first) {
            atOnce++;
            peer.receive();
        }
        assertThat(atOnce).isEqualTo(3);
    }

    @Test
    void delayedAck() throws IOException {
        client.set("delack=123").succeeds();
        client.set("quickack=off").succeeds();
        peer.connectTo(client.listener(WirePeer.STACK_PORT));
        final long start = client.now();
        peer.send(WireTcp.ACK, new byte[100]);
        peer.receive(WireTcp.ACK);
        assertThat(peer.sentAt).isEqualTo(start + 123 * MILLI);
    }

    @Test
    void quickAck() throws IOException {
        client.set("quickack=on").succeeds();
        peer.connectTo(client.listener(WirePeer.STACK_PORT));
        for (int i = 0; i < 16; i++) {
            final long start = client.now();
            peer.send(WireTcp.ACK, new byte[100]);
            peer.receive(WireTcp.ACK);
            assertThat(peer.sentAt).isEqualTo(start);
        }
        final long start = client.now();
        peer.send(WireTcp.ACK, new byte[100]);
        peer.receive(WireTcp.ACK);
        assertThat(peer.sentAt).as("the start is over").isGreaterThan(start);
    }

    @Test
    void congestionControl() throws IOException {
        client.set("cc=reno").succeeds();
        final int fd = client.socket(AgentClient.STREAM);
        assertThat(client.call(11, fd, AgentClient.IPPROTO_TCP, 13, 16).text()).startsWith("reno\0");
    }

    /** RFC 9293 3.6.1: for this time the peer's FIN is acknowledged again, and after that the connection is unknown. */
    @Test
    void timeWait() throws IOException {
        client.set("time_wait=5000").succeeds();
        final int fd = peer.connectTo(client.listener(WirePeer.STACK_PORT));
        client.closeFd(fd).succeeds();
        peer.receive(WireTcp.ACK | WireTcp.FIN);
        peer.send(WireTcp.ACK | WireTcp.FIN);
        peer.receive(WireTcp.ACK);
        client.advance(4_900 * MILLI);
        final byte[] late = WireTcp.packet(WirePeer.PEER_PORT, WirePeer.STACK_PORT, 1_001, 79, 17, 9, new byte[0]);
        client.packetIn(late);
        assertThat(peer.receive().has(WireTcp.RST)).isFalse();
        client.advance(60 * SECOND);
        client.packetIn(late);
        assertThat(peer.receive().has(WireTcp.RST)).isTrue();
    }

    @Test
    void keepAlive() throws IOException {
        client.set("keepalive.idle=3000").succeeds();
        client.set("keepalive.interval=500").succeeds();
        client.set("keepalive.count=2").succeeds();
        final int listener = client.listener(WirePeer.STACK_PORT);
        client.setOption(listener, AgentClient.SOL_SOCKET, 9, 1).succeeds(); // SO_KEEPALIVE
        final int fd = peer.connectTo(listener);
        final long start = client.now();
        assertThat(client.intOption(fd, AgentClient.IPPROTO_TCP, 4)).isEqualTo(3); // TCP_KEEPIDLE
        peer.receive(WireTcp.ACK);
        assertThat(peer.sentAt).isEqualTo(start + 3_000 * MILLI);
        peer.receive(WireTcp.ACK);
        assertThat(peer.sentAt).isEqualTo(start + 3_500 * MILLI);
        peer.receive(WireTcp.ACK | WireTcp.RST);
        assertThat(peer.sentAt).isEqualTo(start + 4_000 * MILLI);
        client.recv(fd, 1, 0).fails(AgentClient.ETIMEDOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "always", "never"})
    void synCookies(final String mode) throws IOException {
        client.set("syncookies=" + mode).succeeds();
        peer.connectTo(client.listener(WirePeer.STACK_PORT));
    }

    @Test
    void resetGoesBackToTheCommandLine() throws IOException {
        assertThat(syn("iss=5", "mtu=576", "ttl=9").seq()).isEqualTo(5);
        client.reset();
        final Segment after = syn();
        assertThat(after.seq()).isEqualTo(77);
        assertThat(after.ttl()).isEqualTo(64);
        assertThat(after.option(OPTION_MSS)).isEqualTo(1_460);
    }
}
