package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** IPv6 through the agent: packets, and addresses of 22 bytes. */
@Timeout(60)
class AgentIpv6Test {

    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int PORT = 7;
    private static final IpAddress LOCAL = IpAddress.parse("2001:db8::2");
    private static final IpAddress PEER = IpAddress.parse("2001:db8::1");

    private AgentFixture agent;
    private AgentClient client;

    @BeforeEach
    void start() throws IOException {
        agent = new AgentFixture(
                true,
                List.of(InterfaceAddress.parse(AgentFixture.LOCAL + "/24"), InterfaceAddress.parse(LOCAL + "/64")));
        client = agent.connect();
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    /** No Neighbor Discovery, no search for duplicates, no reports of groups: the reply is the only packet. */
    @Test
    void aPingIsTheOnlyPacket() throws IOException {
        final byte[] request = Packets.icmpv6(PEER, LOCAL, 128, 0, 0x0001_0002, Packets.pattern(56));
        client.packetIn(Packets.ipv6(PEER, LOCAL, 58, request));
        final byte[] reply = Packets.icmpv6(LOCAL, PEER, 129, 0, 0x0001_0002, Packets.pattern(56));
        assertThat(client.packetOut().succeeds().blob()).isEqualTo(Packets.ipv6(LOCAL, PEER, 58, reply));
        client.packetOut().fails(AgentClient.ETIME);
    }

    /** A datagram both ways; one socket takes both families, and sees IPv4 peers as mapped. */
    @Test
    void aSocketOfBothFamilies() throws IOException {
        final int fd = (int) client.call(2, AF_INET6, SOCK_DGRAM, 0).succeeds().rc();
        client.call(3, fd, 0, 0, 0, name(IpAddress.ANY_IPV6, PORT)).succeeds();
        final byte[] to =
                ByteBuffer.allocate(23).put(name(PEER, 9)).put((byte) 1).array();
        client.call(8, fd, 1, 0, 22, to).succeeds();
        final byte[] sent = client.packetOut().succeeds().blob();
        assertThat(sent).hasSize(49);
        assertThat(IpAddress.ipv6(
                        ByteBuffer.wrap(sent).getLong(24), ByteBuffer.wrap(sent).getLong(32)))
                .isEqualTo(PEER);
        client.packetIn(Packets.ipv6(PEER, LOCAL, 17, Packets.udp(PEER, 9, LOCAL, PORT, new byte[] {2})));
        final AgentClient.Answer answer = client.call(7, fd, 10, 0).succeeds();
        assertThat(answer.x()).isEqualTo(22);
        assertThat(answer.blob()).startsWith(name(PEER, 9)).endsWith(2);
        final IpAddress ipv4Peer = IpAddress.parse(AgentFixture.PEER);
        final IpAddress ipv4Local = IpAddress.parse(AgentFixture.LOCAL);
        client.packetIn(Packets.ipv4(ipv4Peer, ipv4Local, 17, Packets.udp(ipv4Peer, 9, ipv4Local, PORT, new byte[1])));
        assertThat(client.call(7, fd, 10, 0).succeeds().blob()).startsWith(name(ipv4Peer, 9));
    }

    /** Port, 16 bytes of address, and the scope. */
    private static byte[] name(final IpAddress address, final int port) {
        return ByteBuffer.allocate(22)
                .putShort((short) port)
                .put(address.toIpv6Bytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0)
                .array();
    }
}
