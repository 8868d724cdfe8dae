package io.tapstack.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.ip.Route;
import io.tapstack.ip.v4.Ipv4Interface;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.time.TimerWheel;
import io.tapstack.udp.UdpProtocol;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A host that looks for an IPv4 address on a {@link TestLink}, in virtual time. The test is the server: it reads the
 * messages sent as text, and injects replies.
 */
final class DhcpTrace {

    static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    static final IpAddress OFFERED = IpAddress.parse("10.0.0.50");

    private static final long SECOND = 1_000_000_000L;
    private static final String[] TYPES = {"", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE"};

    final BufferPool pool = new BufferPool();
    final StackStatistics statistics = new StackStatistics();
    final TimerWheel wheel = new TimerWheel(0);
    final TestLink link = TestLink.ethernet();
    final InternetProtocol internet = new InternetProtocol(pool, wheel);
    final NetworkInterface networkInterface = new NetworkInterface(link, TestHost.MAC, pool, statistics);
    final Ipv4Interface onLink;
    final DhcpClient client;
    final List<String> leases = new ArrayList<>();
    private int transaction;
    private long now;

    DhcpTrace(final DhcpConfig config) {
        final SplittableRandom random = new SplittableRandom(42);
        final Ipv4Protocol ipv4 = new Ipv4Protocol(internet, pool, wheel, statistics, random, ReassemblyLimits.DEFAULT);
        onLink = ipv4.addInterface(networkInterface, ArpConfig.DEFAULT);
        final UdpProtocol udp = new UdpProtocol(internet, internet.reporter(), pool, statistics, random);
        internet.register(IpProtocol.UDP, udp);
        onLink.start();
        client = new DhcpClient(onLink, internet, udp, config, wheel, random);
        client.observe(
                lease -> leases.add(lease == null ? "none" : lease.address().toString()));
    }

    static DhcpTrace started(final DhcpConfig config) throws SocketErrorException {
        final DhcpTrace trace = new DhcpTrace(config);
        trace.client.start();
        return trace;
    }

    /** A host whose address is in use. */
    static DhcpTrace bound(final Reply ack) throws SocketErrorException {
        final DhcpTrace trace = started(DhcpConfig.DEFAULT);
        trace.sent();
        trace.receive(ack.ofType(2));
        trace.sent();
        trace.receive(ack.ofType(5));
        trace.advanceSeconds(10);
        trace.sent();
        assertThat(trace.client.state()).isEqualTo(DhcpState.BOUND);
        return trace;
    }

    // ---- Time

    void advanceSeconds(final double seconds) {
        final long target = now + (long) (seconds * SECOND);
        while (wheel.nextDeadline() < target) {
            now = wheel.nextDeadline();
            wheel.advance(now);
        }
        now = target;
        wheel.advance(now);
    }

    double nowSeconds() {
        return now / (double) SECOND;
    }

    // ---- Replies in

    /** A reply with the lease of {@link #OFFERED}; each test changes what matters. */
    static Reply reply() {
        return new Reply();
    }

    static final class Reply {
        private int type = 5;
        private IpAddress address = OFFERED;
        private final ByteBuffer options = ByteBuffer.allocate(400);
        private byte[] file = {};
        private boolean hasServer = true;

        Reply ofType(final int number) {
            type = number;
            return this;
        }

        Reply address(final String text) {
            address = IpAddress.parse(text);
            return this;
        }

        Reply lease(final long seconds) {
            return option(51, (int) (seconds >>> 24), (int) (seconds >>> 16), (int) (seconds >>> 8), (int) seconds);
        }

        Reply mask(final int... bytes) {
            return option(1, bytes);
        }

        Reply withoutServer() {
            hasServer = false;
            return this;
        }

        Reply option(final int code, final int... value) {
            options.put((byte) code).put((byte) value.length);
            for (final int each : value) {
                options.put((byte) each);
            }
            return this;
        }

        /** Options in the field for a file name (RFC 2131 4.1). */
        Reply inFile(final int... bytes) {
            file = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                file[i] = (byte) bytes[i];
            }
            return this;
        }
    }

    void receive(final Reply reply) {
        receive(reply, transaction, SERVER);
    }

    void receive(final Reply reply, final int xid, final IpAddress server) {
        final ByteBuffer message = ByteBuffer.allocate(700);
        message.put((byte) 2)
                .put((byte) 1)
                .put((byte) 6)
                .put((byte) 0)
                .putInt(xid)
                .putInt(0x8000)
                .putInt(0);
        message.putInt(reply.address.ipv4Bits()).putInt(0).putInt(0).putLong(TestHost.MAC.bits() << 16);
        message.put(108, reply.file);
        message.position(236).putInt(0x6382_5363).put((byte) 53).put((byte) 1).put((byte) reply.type);
        if (reply.hasServer) {
            message.put((byte) 54).put((byte) 4).putInt(server.ipv4Bits());
        }
        message.put(reply.options.array(), 0, reply.options.position()).put((byte) 255);
        final byte[] payload = new byte[message.position()];
        message.get(0, payload);
        final byte[] udp = Packets.udp(server, 67, IpAddress.BROADCAST_IPV4, 68, payload);
        receiveFrame(Packets.ethernet(
                MacAddress.BROADCAST,
                TestHost.PEER_MAC,
                0x0800,
                Packets.ipv4(server, IpAddress.BROADCAST_IPV4, 17, udp)));
    }

    void receiveFrame(final byte[] frame) {
        link.inject(frame);
        networkInterface.poll(Integer.MAX_VALUE, now);
        advanceSeconds(0);
    }

    // ---- Messages out

    /** The frames sent since the last call: messages with their ends and options, {@code probe}, {@code announce}. */
    List<String> sent() {
        final List<String> texts = new ArrayList<>();
        for (final byte[] frame : link.takeSent()) {
            texts.add(text(ByteBuffer.wrap(frame)));
        }
        return texts;
    }

    private String text(final ByteBuffer frame) {
        if (frame.getShort(12) == 0x0806) {
            final IpAddress target = IpAddress.ipv4(frame.getInt(38));
            return frame.getInt(28) == 0 ? "probe " + target : (frame.getShort(20) == 2 ? "answer " : "arp ") + target;
        }
        final int ip = 14;
        final int dhcp = ip + 28;
        assertThat(frame.getShort(ip + 20)).isEqualTo((short) 68);
        assertThat(frame.getShort(ip + 22)).isEqualTo((short) 67);
        assertThat(frame.getInt(dhcp + 236)).isEqualTo(0x6382_5363);
        assertThat(frame.getLong(dhcp + 28) >>> 16).as("chaddr").isEqualTo(TestHost.MAC.bits());
        assertThat(frame.capacity() - dhcp).as("RFC 1542 2.1").isGreaterThanOrEqualTo(300);
        transaction = frame.getInt(dhcp + 4);
        final StringBuilder text = new StringBuilder();
        final StringBuilder options = new StringBuilder();
        for (int at = dhcp + 240; frame.get(at) != (byte) 255; at += 2 + frame.get(at + 1)) {
            switch (frame.get(at)) {
                case 53 -> text.append(TYPES[frame.get(at + 2)]);
                case 50 -> options.append(" requested ").append(IpAddress.ipv4(frame.getInt(at + 2)));
                case 54 -> options.append(" server ").append(IpAddress.ipv4(frame.getInt(at + 2)));
                case 12 -> {
                    final byte[] name = new byte[frame.get(at + 1)];
                    frame.get(at + 2, name);
                    options.append(" host ").append(new String(name, java.nio.charset.StandardCharsets.US_ASCII));
                }
                case 61 -> assertThat(frame.get(at + 2)).as("RFC 4361 6.1").isEqualTo((byte) 255);
                default -> {}
            }
        }
        text.append(' ').append(IpAddress.ipv4(frame.getInt(ip + 12)));
        text.append(" > ").append(IpAddress.ipv4(frame.getInt(ip + 16)));
        if (frame.getInt(dhcp + 12) != 0) {
            text.append(" ciaddr ").append(IpAddress.ipv4(frame.getInt(dhcp + 12)));
        }
        assertThat(frame.getShort(dhcp + 10) != 0).as("the flag for broadcast").isEqualTo(frame.getInt(dhcp + 12) == 0);
        return text.append(options).toString();
    }

    String router(final String destination) {
        final Route route = internet.routes().lookup(IpAddress.parse(destination));
        return route == null
                ? "none"
                : route.gateway() == null ? "link" : route.gateway().toString();
    }

    void assertNothingLeaked() {
        client.close();
        internet.stop();
        assertThat(pool.packetsInUse()).isZero();
        assertThat(pool.regionsInUse()).isZero();
        assertThat(onLink.addresses().size()).isZero();
        assertThat(internet.routes().routes()).isEmpty();
        assertThat(wheel.armedTimers()).isLessThanOrEqualTo(0);
    }
}
