package io.tapstack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.icmp.v6.Icmpv6Protocol;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.v6.Ipv6Interface;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.time.TimerWheel;
import io.tapstack.udp.UdpProtocol;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** A host with IPv6, ICMPv6 and UDP under virtual time, on a link without Ethernet or with it. */
public final class Ipv6Host {

    public static final IpAddress ADDRESS = IpAddress.parse("2001:db8::2");
    public static final IpAddress PEER = IpAddress.parse("2001:db8::1");
    public static final IpAddress LINK_LOCAL = IpAddress.parse("fe80::2");
    public static final IpAddress FAR = IpAddress.parse("2001:db8:ffff::1");

    public static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:02");
    public static final MacAddress PEER_MAC = MacAddress.parse("02:00:00:00:00:01");

    private static final long SECOND = 1_000_000_000L;

    public final TestLink link;
    public final BufferPool pool = new BufferPool();
    public final TimerWheel wheel = new TimerWheel(0);
    public final StackStatistics statistics = new StackStatistics();
    public final InternetProtocol internet = new InternetProtocol(pool, wheel);
    public final Ipv6Protocol ipv6;
    public final Ipv6Interface onLink;
    public final NetworkInterface networkInterface;
    public final UdpProtocol udp;
    private long now;

    public Ipv6Host() {
        this(new TestLink(LinkCapabilities.plain(LinkType.IP, 1_500)), IcmpRates.DEFAULT);
    }

    public Ipv6Host(final TestLink link, final IcmpRates rates) {
        this(link, rates, NdpConfig.DEFAULT.withRouters(false));
    }

    public Ipv6Host(final TestLink link, final IcmpRates rates, final NdpConfig ndp) {
        final SplittableRandom random = new SplittableRandom(42);
        this.link = link;
        this.ipv6 = new Ipv6Protocol(internet, pool, wheel, statistics, random, ReassemblyLimits.DEFAULT);
        this.networkInterface = new NetworkInterface(link, MAC, pool, statistics);
        this.onLink = ipv6.addInterface(networkInterface, ndp, new SipHash(1, 2));
        onLink.add(new InterfaceAddress(ADDRESS, 64));
        onLink.add(new InterfaceAddress(LINK_LOCAL, 64));
        internet.routes().defaultGateway(PEER, networkInterface);
        new Icmpv6Protocol(ipv6, pool, statistics, random, rates, 0);
        this.udp = new UdpProtocol(internet, internet.reporter(), pool, statistics, random);
        internet.register(IpProtocol.UDP, udp);
        onLink.start();
    }

    /** Receives a packet. */
    public void receive(final byte[] packet) {
        link.inject(packet);
        networkInterface.poll(Integer.MAX_VALUE, now);
        internet.pollLoopback(Integer.MAX_VALUE, now);
    }

    /** Receives a packet from the peer to us. */
    public void receive(final int nextHeader, final byte[] payload) {
        receive(Packets.ipv6(PEER, ADDRESS, nextHeader, payload));
    }

    public long now() {
        return now;
    }

    /** Advances time, stopping at every timer on the way, as a driver does. */
    public void advanceSeconds(final double seconds) {
        final long target = now + (long) (seconds * SECOND);
        while (wheel.nextDeadline() < target) {
            now = wheel.nextDeadline();
            wheel.advance(now);
        }
        now = target;
        wheel.advance(now);
        internet.pollLoopback(Integer.MAX_VALUE, now);
    }

    public long drops(final DropReason reason) {
        return statistics.drops(reason);
    }

    /** Asserts that the host has sent nothing, and dropped one packet for {@code reason}. */
    public void assertDropped(final DropReason reason) {
        assertThat(link.take()).isNull();
        assertThat(drops(reason)).as(reason.name()).isOne();
    }

    /** The ICMPv6 error that the host has sent, with a right checksum: type, code, second word, and what is quoted. */
    public record Error(int type, int code, int word, byte[] quoted, IpAddress source, IpAddress destination) {}

    /** The one error sent since the last call. */
    public Error sentError() {
        final byte[] packet = link.next();
        assertThat(link.take()).isNull();
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final byte[] icmp = new byte[packet.length - 40];
        bytes.get(40, icmp);
        final IpAddress source = IpAddress.ipv6(bytes.getLong(8), bytes.getLong(16));
        final IpAddress destination = IpAddress.ipv6(bytes.getLong(24), bytes.getLong(32));
        assertThat(bytes.get(6)).isEqualTo((byte) 58);
        assertThat(Packets.transportChecksum(source, destination, 58, icmp)).isZero();
        final byte[] quoted = new byte[icmp.length - 8];
        bytes.get(48, quoted);
        return new Error(icmp[0] & 0xFF, icmp[1] & 0xFF, bytes.getInt(44), quoted, source, destination);
    }

    /** Bytes from hexadecimal digits, with or without spaces, followed by {@code rest}. */
    public static byte[] bytes(final String hex, final byte... rest) {
        final byte[] start = HexFormat.of().parseHex(hex.replace(" ", ""));
        return ByteBuffer.allocate(start.length + rest.length)
                .put(start)
                .put(rest)
                .array();
    }

    /** Stops the host and checks that all memory is free. */
    public void assertNothingLeaked() {
        internet.stop();
        assertThat(pool.packetsInUse()).as("packets in use").isZero();
        assertThat(pool.regionsInUse()).as("regions in use").isZero();
    }
}
