package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.SocketOptions;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sockets of AF_INET6 and their IPv4 peers (ipv6(7), RFC 3493 3.7 and 5.3). */
class Ipv6SocketsTest extends PosixTest {

    private static final int IPV6 = SocketOptions.IPPROTO_IPV6;
    private static final int PORT = 80;

    private long socket6(final int type) {
        return calls.socket(SocketCalls.AF_INET6, type, 0);
    }

    private static SocketName name(final String address, final int scope) {
        final Endpoint endpoint = new Endpoint(IpAddress.parse(address), PORT);
        return new SocketName(AddressFamily.IPV6, endpoint, scope);
    }

    private static int errno(final String name) {
        return name.equals("0")
                ? 0
                : name.equals("ENODEV") ? -19 : -SocketError.valueOf(name).errno();
    }

    @Test
    void aListenerAtAnyAddressTakesIpv4Peers() {
        final long fd = socket6(STREAM);
        assertThat(calls.name(fd)).isEqualTo(Endpoint.anyIpv6(0));
        assertThat(calls.bind(fd, name("::", 0))).isZero();
        assertThat(calls.listen(fd, 1)).isZero();
        final long client = connected();
        final long accepted = calls.accept(fd, 0);
        assertThat(accepted).isPositive();
        assertThat(calls.family(accepted)).isEqualTo(AddressFamily.IPV6);
        assertThat(calls.name(accepted)).isEqualTo(SERVER);
        assertThat(calls.peerName(accepted)).isEqualTo(calls.name(client));
        assertThat(option(accepted, SocketOptions.SOL_SOCKET, SocketOptions.SO_DOMAIN))
                .isEqualTo(SocketCalls.AF_INET6);
        send(client, "four");
        awaitReadable(accepted);
        assertThat(receive(accepted, 9)).isEqualTo(4);
    }

    @Test
    void withIpv6OnlyTheyAreRefused() {
        final long fd = socket6(STREAM);
        assertThat(calls.setOption(fd, IPV6, SocketOptions.IPV6_V6ONLY, integer(1)))
                .isZero();
        assertThat(calls.bind(fd, name("::", 0))).isZero();
        assertThat(calls.listen(fd, 1)).isZero();
        assertThat(option(fd, IPV6, SocketOptions.IPV6_V6ONLY)).isEqualTo(1);
        assertThat(calls.setOption(fd, IPV6, SocketOptions.IPV6_V6ONLY, integer(0)))
                .as("once it is bound")
                .isEqualTo(errno("EINVAL"));
        assertThat(calls.connect(socket(STREAM), SERVER)).isEqualTo(errno("ECONNREFUSED"));
        final long four = listener();
        assertThat(calls.name(four)).as("IPv4 has the port to itself").isEqualTo(SERVER);
    }

    @Test
    void anIpv4PeerIsAMappedAddress() {
        listener();
        final long fd = socket6(STREAM);
        assertThat(calls.connect(fd, name("::ffff:127.0.0.1", 0))).isZero();
        assertThat(calls.peerName(fd)).isEqualTo(SERVER);
        final long datagram = socket6(DATAGRAM);
        assertThat(calls.connect(datagram, name("::ffff:127.0.0.1", 0))).isZero();
        assertThat(calls.name(datagram).address()).isEqualTo(SERVER.address());
    }

    @ParameterizedTest
    @CsvSource({
        // domain, V6ONLY, address, scope, bind, connect of a datagram socket
        "2,  false, ::,               0, EAFNOSUPPORT, EAFNOSUPPORT",
        "10, true,  ::ffff:127.0.0.1, 0, EINVAL,       ENETUNREACH",
        "10, false, 2001:db8::1,      0, EADDRNOTAVAIL, ENETUNREACH",
        "10, false, fe80::1,          0, EINVAL,       EINVAL",
        "10, false, fe80::1,          9, ENODEV,       ENETUNREACH",
        "10, false, ::,               7, 0,            ENETUNREACH",
    })
    void addressesAreChecked(
            final int domain,
            final boolean ipv6Only,
            final String address,
            final int scope,
            final String bind,
            final String connect) {
        final long bound = calls.socket(domain, DATAGRAM, 0);
        final long connected = calls.socket(domain, DATAGRAM, 0);
        if (ipv6Only) {
            calls.setOption(bound, IPV6, SocketOptions.IPV6_V6ONLY, integer(1));
            calls.setOption(connected, IPV6, SocketOptions.IPV6_V6ONLY, integer(1));
        }
        assertThat(calls.bind(bound, name(address, scope))).isEqualTo(errno(bind));
        assertThat(calls.connect(connected, name(address, scope))).isEqualTo(errno(connect));
    }

    @Test
    void theShorterStructureConnectsDatagramsOnly() {
        final SocketName four = new SocketName(AddressFamily.IPV4, SERVER, 0);
        assertThat(calls.bind(socket6(DATAGRAM), four)).isEqualTo(errno("EINVAL"));
        assertThat(calls.connect(socket6(STREAM), four)).isEqualTo(errno("EINVAL"));
        assertThat(calls.connect(socket6(DATAGRAM), four)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // option, value, answer, value read
        "16, 9, 0, 9", // IPV6_UNICAST_HOPS
        "16, -1, 0, 64",
        "16, 256, EINVAL, 64",
        "67, 16, 0, 16", // IPV6_TCLASS
        "67, -1, 0, 0",
        "67, 256, EINVAL, 0",
        "23, 2, 0, 2", // IPV6_MTU_DISCOVER
        "23, 6, EINVAL, 1",
        "26, 1, 0, 1", // IPV6_V6ONLY
        "25, 1, 0, 1", // IPV6_RECVERR
        "49, 1, 0, 1", // IPV6_RECVPKTINFO
        "51, 1, 0, 1", // IPV6_RECVHOPLIMIT
        "66, 1, 0, 1", // IPV6_RECVTCLASS
        "62, 1, 0, 1", // IPV6_DONTFRAG
        "999, 1, ENOPROTOOPT, -92",
    })
    void options(final int name, final int value, final String answer, final int read) {
        final long fd = socket6(DATAGRAM);
        assertThat(calls.setOption(fd, IPV6, name, integer(value))).isEqualTo(errno(answer));
        assertThat(option(fd, IPV6, name)).isEqualTo(read);
        final long four = socket(DATAGRAM);
        assertThat(calls.setOption(four, IPV6, name, integer(value))).isEqualTo(errno("ENOPROTOOPT"));
        assertThat(option(four, IPV6, name)).isEqualTo(errno("EOPNOTSUPP"));
    }

    /** {@code struct in6_pktinfo}; the time to live of an IPv4 datagram is told with IP_RECVTTL alone. */
    @Test
    void theDestinationOfAnIpv4DatagramIsAMappedAddress() {
        final long fd = socket6(DATAGRAM);
        calls.bind(fd, name("::", 0));
        calls.setOption(fd, IPV6, SocketOptions.IPV6_RECVPKTINFO, integer(1));
        calls.setOption(fd, IPV6, SocketOptions.IPV6_RECVHOPLIMIT, integer(1));
        final long sender = socket(DATAGRAM);
        calls.connect(sender, SERVER);
        send(sender, "four");
        awaitReadable(fd);
        final MessageHeader header = new MessageHeader(null, little(128));
        assertThat(calls.receiveMessage(fd, ByteBuffer.allocate(9), 0, header)).isEqualTo(4);
        final ByteBuffer told = header.control().flip();
        assertThat(told.remaining()).as("one message").isEqualTo(40);
        assertThat(told.getLong()).isEqualTo(36);
        assertThat(told.getInt()).isEqualTo(IPV6);
        assertThat(told.getInt()).isEqualTo(SocketOptions.IPV6_PKTINFO);
        final byte[] address = new byte[16];
        told.get(address);
        assertThat(address).isEqualTo(SERVER.address().toIpv6Bytes());
        assertThat(told.getInt()).as("ipi6_ifindex: by loopback").isEqualTo(ControlWriter.LOOPBACK_INDEX);
    }
}
