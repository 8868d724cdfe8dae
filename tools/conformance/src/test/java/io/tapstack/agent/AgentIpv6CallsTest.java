package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.agent.AgentClient.Answer;
import io.tapstack.testing.Packets;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.UdpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The agent with an address of each family: addresses of 22 bytes, and packets of IPv6 by ops 15 and 16. */
@Timeout(60)
class AgentIpv6CallsTest {

    private static final IpAddress LOCAL = IpAddress.parse(AgentFixture.LOCAL6);
    private static final IpAddress PEER = IpAddress.parse(AgentFixture.PEER6);
    /** Behind the gateway. */
    private static final IpAddress FAR = IpAddress.parse("2001:db8::7");

    private static final int AF_INET6 = 10;

    private static final int TRANSPORT = Ipv6Header.LENGTH;
    private static final byte[] MSS_1440 = {2, 4, 5, (byte) 0xA0};

    private AgentFixture agent;
    private AgentClient client;

    @BeforeEach
    void start() throws IOException {
        agent = AgentFixture.ofBothFamilies();
        client = agent.connect();
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    private int socket(final int type) throws IOException {
        return client.call(2, AF_INET6, type | AgentClient.NONBLOCK, 0).fd();
    }

    private int listener() throws IOException {
        final int fd = socket(AgentClient.STREAM);
        client.bind(fd, "::", 80).succeeds();
        client.call(4, fd, 8).succeeds();
        return fd;
    }

    private ByteBuffer packetOut() throws IOException {
        final ByteBuffer packet = ByteBuffer.wrap(client.packetOut().succeeds().blob());
        assertThat(Ipv6Header.version(packet, 0)).isEqualTo(6);
        assertThat(Ipv6Header.payloadLength(packet, 0)).isEqualTo(packet.limit() - Ipv6Header.LENGTH);
        return packet;
    }

    private void segmentIn(final IpAddress from, final int seq, final int ack, final int flags, final byte[] options)
            throws IOException {
        final byte[] segment = Packets.tcp(
                new Endpoint(from, 40_000), new Endpoint(LOCAL, 80), seq, ack, flags, 65_535, 0, options, new byte[0]);
        client.packetIn(Packets.ipv6(from, LOCAL, IpProtocol.TCP, segment));
    }

    /** Opens a connection to port 80 of the stack. */
    private Answer connection(final int listener, final IpAddress from) throws IOException {
        segmentIn(from, 999, 0, TcpHeader.SYN, MSS_1440);
        final ByteBuffer answer = packetOut();
        final TcpHeader synAck = new TcpHeader().wrap(answer, TRANSPORT);
        assertThat(synAck.flags()).isEqualTo(TcpHeader.SYN | TcpHeader.ACK);
        assertThat(answer.getInt(TRANSPORT + TcpHeader.MIN_LENGTH)).as("MSS").isEqualTo(0x0204_05A0);
        segmentIn(from, 1_000, synAck.sequence() + 1, TcpHeader.ACK, new byte[0]);
        return client.call(5, listener, 0);
    }

    /** The neighbour is known, no address is checked, and no group is reported: nothing is sent unasked. */
    @Test
    void theLinkIsSilent() throws IOException {
        client.packetOut().fails(AgentClient.ETIME);
        client.reset();
        client.packetOut().fails(AgentClient.ETIME);
    }

    @Test
    void aConnectionIsAccepted() throws IOException {
        final int listener = listener();
        final Answer accepted = connection(listener, PEER);
        final int fd = accepted.fd();
        assertThat(accepted.blob()).isEqualTo(AgentClient.address(AgentFixture.PEER6, 40_000));
        assertThat(client.call(23, fd, 0).succeeds().blob()).isEqualTo(AgentClient.address(AgentFixture.LOCAL6, 80));
        assertThat(client.call(23, fd, 1).succeeds().blob()).isEqualTo(accepted.blob());
        assertThat(client.call(23, listener, 0).succeeds().blob()).isEqualTo(AgentClient.address("::", 80));
        client.send(fd, "hello").succeeds();
        final ByteBuffer data = packetOut();
        assertThat(text(data, TRANSPORT + TcpHeader.MIN_LENGTH)).isEqualTo("hello");
        assertThat(Ipv6Header.destinationLow(data, 0)).isEqualTo(PEER.low());
    }

    @Test
    void aPeerBehindTheGateway() throws IOException {
        final Answer accepted = connection(listener(), FAR);
        assertThat(AgentClient.name(accepted.succeeds().blob())).isEqualTo("[2001:db8::7]:40000");
    }

    @Test
    void anIpv4PeerHasAMappedAddress() throws IOException {
        final int listener = listener();
        final int fd = new WirePeer(client).connectTo(listener);
        assertThat(client.call(23, fd, 1).succeeds().blob())
                .isEqualTo(AgentClient.address("::ffff:" + AgentFixture.PEER, WirePeer.PEER_PORT));
        assertThat(client.call(23, fd, 0).succeeds().blob())
                .isEqualTo(AgentClient.address("::ffff:" + AgentFixture.LOCAL, WirePeer.STACK_PORT));
    }

    @Test
    void aConnectionIsOpened() throws IOException {
        final int fd = socket(AgentClient.STREAM);
        client.connect(fd, AgentFixture.PEER6, 8080).fails(AgentClient.EINPROGRESS);
        final ByteBuffer syn = packetOut();
        assertThat(new TcpHeader().wrap(syn, TRANSPORT).destinationPort()).isEqualTo(8080);
        client.connect(socket(AgentClient.STREAM), "::ffff:" + AgentFixture.PEER, 8080)
                .fails(AgentClient.EINPROGRESS);
        assertThat(client.packetOut().succeeds().blob()[0] & 0xFF).isEqualTo(0x45);
    }

    /** x of op 7 and d of op 8 are the length of the address. */
    @Test
    void datagrams() throws IOException {
        final int fd = socket(AgentClient.DGRAM);
        client.bind(fd, "::", 53).succeeds();
        final byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
        client.packetIn(Packets.ipv6(PEER, LOCAL, IpProtocol.UDP, Packets.udp(PEER, 5_353, LOCAL, 53, hello)));
        final Answer received = client.recv(fd, 100, 0).succeeds();
        assertThat(received.rc()).isEqualTo(5);
        assertThat(received.x()).isEqualTo(22);
        final byte[] sender = AgentClient.address(AgentFixture.PEER6, 5_353);
        assertThat(received.blob()).isEqualTo(joined(sender, hello));

        assertThat(client.call(8, fd, 5, 0, 22, joined(sender, hello))
                        .succeeds()
                        .rc())
                .isEqualTo(5);
        final ByteBuffer sent = packetOut();
        assertThat(UdpHeader.destinationPort(sent, TRANSPORT)).isEqualTo(5_353);
        assertThat(text(sent, TRANSPORT + UdpHeader.LENGTH)).isEqualTo("hello");

        // 6 bytes are struct sockaddr_in, which such a socket takes as well; another length is none.
        client.call(8, fd, 5, 0, 6, joined(AgentClient.address(AgentFixture.PEER, 5_353), hello))
                .succeeds();
        assertThat(client.packetOut().succeeds().blob()[0] & 0xFF).isEqualTo(0x45);
        client.call(8, fd, 5, 0, 18, joined(sender, hello)).fails(AgentClient.EINVAL);
        client.call(3, socket(AgentClient.DGRAM), 0, 0, 0, new byte[18]).fails(AgentClient.EINVAL);
    }

    @Test
    void messages() throws IOException {
        final int fd = socket(AgentClient.DGRAM);
        client.bind(fd, AgentFixture.LOCAL6, 53).succeeds();
        client.packetIn(Packets.ipv6(PEER, LOCAL, IpProtocol.UDP, Packets.udp(PEER, 5_353, LOCAL, 53, new byte[3])));
        final ByteBuffer blob = client.call(25, fd, 100, 0, 0).succeeds().bytes();
        assertThat(blob.getInt()).as("bytes of the name").isEqualTo(22);
        final byte[] name = new byte[22];
        blob.get(name);
        assertThat(name).isEqualTo(AgentClient.address(AgentFixture.PEER6, 5_353));
        assertThat(blob.getInt()).as("bytes of control messages").isZero();
        assertThat(blob.remaining()).isEqualTo(3);
        client.call(26, fd, 2, 0, 22, joined(name, new byte[4], new byte[2])).succeeds();
        assertThat(packetOut().limit()).isEqualTo(TRANSPORT + UdpHeader.LENGTH + 2);
    }

    @Test
    void echoesAreAnswered() throws IOException {
        client.packetIn(Packets.ipv6(
                PEER,
                LOCAL,
                IpProtocol.ICMPV6,
                Packets.icmpv6(PEER, LOCAL, Icmpv6Header.ECHO_REQUEST, 0, 0x0102_0304, new byte[20])));
        final ByteBuffer reply = packetOut();
        assertThat(Icmpv6Header.type(reply, TRANSPORT)).isEqualTo(Icmpv6Header.ECHO_REPLY);
        assertThat(reply.getInt(TRANSPORT + Icmpv6Header.IDENTIFIER_OFFSET)).isEqualTo(0x0102_0304);
    }

    /** RFC 8200 5: a link with less than 1280 bytes has no IPv6. */
    @Test
    void theMtuAppliesToBoth() throws IOException {
        client.set("mtu=1400").succeeds();
        client.connect(socket(AgentClient.STREAM), AgentFixture.PEER6, 8080).fails(AgentClient.EINPROGRESS);
        assertThat(packetOut().getInt(TRANSPORT + TcpHeader.MIN_LENGTH)).isEqualTo(0x0204_0000 | 1_340);
    }

    private static String text(final ByteBuffer packet, final int from) {
        return new String(packet.array(), from, packet.limit() - from, StandardCharsets.US_ASCII);
    }

    private static byte[] joined(final byte[]... parts) {
        final ByteBuffer joined = ByteBuffer.allocate(100);
        for (final byte[] part : parts) {
            joined.put(part);
        }
        final byte[] bytes = new byte[joined.position()];
        joined.get(0, bytes);
        return bytes;
    }
}
