package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TCP_INFO at the offsets of Linux's {@code struct tcp_info}, as a C compiler lays it out. */
@Timeout(60)
class AgentTcpInfoTest {

    private static final int STATE = 0;
    private static final int RETRANSMITS = 2;
    private static final int OPTIONS = 5;
    private static final int SCALES = 6;
    private static final int RTO = 8;
    private static final int ATO = 12;
    private static final int SND_MSS = 16;
    private static final int UNACKED = 24;
    private static final int LAST_DATA_SENT = 44;
    private static final int LAST_DATA_RECV = 52;
    private static final int PMTU = 60;
    private static final int RTT = 68;
    private static final int SND_CWND = 80;
    private static final int ADVMSS = 84;
    private static final int TOTAL_RETRANS = 100;
    private static final int BYTES_ACKED = 120;
    private static final int BYTES_RECEIVED = 128;
    private static final int SEGS_OUT = 136;
    private static final int SEGS_IN = 140;
    private static final int NOTSENT = 144;
    private static final int MIN_RTT = 148;
    private static final int DATA_SEGS_IN = 152;
    private static final int DATA_SEGS_OUT = 156;
    private static final int BYTES_SENT = 200;
    private static final int BYTES_RETRANS = 208;
    private static final int SND_WND = 228;
    private static final int MILLI = 1_000;

    private AgentFixture agent;
    private AgentClient client;
    private WirePeer peer;

    @BeforeEach
    void start() throws IOException {
        agent = new AgentFixture(true, "wscale=-1", "sack=off", "rto.min=200", "quickack=off");
        client = agent.connect();
        peer = new WirePeer(client);
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    private ByteBuffer info(final int fd) throws IOException {
        return client.call(11, fd, AgentClient.IPPROTO_TCP, 11, 1_000)
                .succeeds()
                .bytes();
    }

    @Test
    void withoutAConnection() throws IOException {
        final int fd = client.socket(AgentClient.STREAM);
        assertThat(info(fd).remaining()).isEqualTo(280);
        assertThat(info(fd).get(STATE)).as("TCP_CLOSE").isEqualTo((byte) 7);
        assertThat(info(client.listener(9)).get(STATE)).as("TCP_LISTEN").isEqualTo((byte) 10);
        assertThat(client.call(11, fd, AgentClient.IPPROTO_TCP, 11, 10).blob()).hasSize(10);
    }

    @Test
    void theLifeOfAConnection() throws IOException {
        final int fd = client.socket(AgentClient.STREAM | AgentClient.NONBLOCK);
        client.connect(fd, AgentFixture.PEER, WirePeer.PEER_PORT).fails(AgentClient.EINPROGRESS);
        assertThat(info(fd).get(STATE)).as("TCP_SYN_SENT").isEqualTo((byte) 2);
        assertThat(info(fd).getInt(RTO)).isEqualTo(1_000 * MILLI);
        client.closeFd(fd).succeeds();
        client.reset();
        final int passive = peer.connectTo(client.listener(WirePeer.STACK_PORT));
        assertThat(info(passive).get(STATE)).as("TCP_ESTABLISHED").isEqualTo((byte) 1);
        peer.send(WireTcp.ACK | WireTcp.FIN);
        assertThat(info(passive).get(STATE)).as("TCP_CLOSE_WAIT").isEqualTo((byte) 8);
        client.call(10, passive, 1).succeeds();
        assertThat(info(passive).get(STATE)).as("TCP_LAST_ACK").isEqualTo((byte) 9);
    }

    @Test
    void figures() throws IOException {
        final int listener = client.listener(WirePeer.STACK_PORT);
        final int fd = peer.connectTo(listener);
        assertThat(info(fd).getInt(SND_MSS)).isEqualTo(1_460);
        assertThat(info(fd).getInt(ADVMSS)).isEqualTo(1_460);
        assertThat(info(fd).getInt(PMTU)).isEqualTo(1_500);
        assertThat(info(fd).getInt(SND_CWND)).isEqualTo(10);
        assertThat(info(fd).getInt(ATO)).as("no data has come").isZero();
        assertThat(info(fd).get(OPTIONS)).isZero();
        assertThat(info(fd).get(SCALES)).isZero();
        assertThat(info(fd).getInt(SND_WND)).isEqualTo(65_535);
        client.send(fd, 0, WirePeer.zeros(2 * 1_460 + 40)).succeeds();
        assertThat(info(fd).getInt(UNACKED)).isEqualTo(3);
        assertThat(info(fd).getLong(BYTES_SENT)).isEqualTo(2_960);
        assertThat(info(fd).getInt(DATA_SEGS_OUT)).isEqualTo(3);
        client.advance(50 * MILLI);
        assertThat(info(fd).getInt(LAST_DATA_SENT)).isEqualTo(50);
        for (int i = 0; i < 3; i++) {
            peer.receive();
        }
        peer.send(WireTcp.ACK, new byte[500]);
        assertThat(info(fd).getInt(UNACKED)).isZero();
        assertThat(info(fd).getLong(BYTES_ACKED)).isEqualTo(2_960);
        assertThat(info(fd).getLong(BYTES_RECEIVED)).isEqualTo(500);
        assertThat(info(fd).getInt(DATA_SEGS_IN)).isEqualTo(1);
        assertThat(info(fd).getInt(ATO)).isEqualTo(40 * MILLI);
        assertThat(info(fd).getInt(SEGS_IN)).as("SYN, ACK, data").isEqualTo(3);
        assertThat(info(fd).getInt(SEGS_OUT)).isEqualTo(4);
        assertThat(info(fd).getInt(RTT)).isPositive();
        assertThat(info(fd).getInt(MIN_RTT)).isLessThanOrEqualTo(50 * MILLI);
        client.advance(7 * MILLI);
        assertThat(info(fd).getInt(LAST_DATA_RECV)).isEqualTo(7);
        assertThat(info(fd).getInt(TOTAL_RETRANS)).isZero();
    }

    @Test
    void retransmissions() throws IOException {
        final int fd = peer.connectTo(client.listener(WirePeer.STACK_PORT));
        client.send(fd, 0, WirePeer.zeros(100)).succeeds();
        client.advance(1_000 * MILLI);
        final ByteBuffer after = info(fd);
        assertThat(after.get(RETRANSMITS)).isPositive();
        assertThat(after.get(1)).as("TCP_CA_Loss").isEqualTo((byte) 4);
        assertThat(after.getInt(TOTAL_RETRANS)).isEqualTo(after.get(RETRANSMITS));
        assertThat(after.getLong(BYTES_RETRANS)).isEqualTo(100L * after.get(RETRANSMITS));
        assertThat(after.getInt(NOTSENT)).isZero();
        client.send(fd, 0, WirePeer.zeros(5_000)).succeeds();
        assertThat(info(fd).getInt(NOTSENT)).isPositive();
    }

    @Test
    void options() throws IOException {
        client.set("wscale=5").succeeds();
        client.set("sack=on").succeeds();
        client.set("timestamps=on").succeeds();
        final byte[] offered = {2, 4, 5, (byte) 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 9};
        final int fd = peer.connectTo(client.listener(WirePeer.STACK_PORT), offered);
        assertThat(info(fd).get(OPTIONS)).as("TIMESTAMPS, SACK, WSCALE").isEqualTo((byte) 7);
        assertThat(info(fd).get(SCALES)).isEqualTo((byte) 0x59);
        assertThat(info(fd).getInt(SND_MSS)).isEqualTo(1_448);
    }
}
