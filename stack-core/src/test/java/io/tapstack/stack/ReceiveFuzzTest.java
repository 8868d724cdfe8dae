package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.SocketErrorException;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing a peer sends may throw, and whatever it sends, all memory comes back. */
class ReceiveFuzzTest {

    private static final int FRAMES = 6_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyFrameIsSurvived(final long seed) throws SocketErrorException {
        final Random random = new Random(seed);
        final TestHost host = new TestHost();
        final UdpEndpoint endpoint = host.udp.open();
        endpoint.bind(Endpoint.anyIpv4(7));
        endpoint.receiveLimitBytes(50_000);
        for (int i = 0; i < FRAMES; i++) {
            final byte[] frame = frame(random);
            try {
                host.receive(mutated(frame, random));
                if (random.nextInt(20) == 0) {
                    host.advance(random.nextLong(5_000_000_000L));
                }
                if (random.nextInt(10) == 0) {
                    final Datagram datagram = endpoint.receive();
                    if (datagram != null) {
                        datagram.release();
                    }
                }
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", frame " + i, e);
            }
            host.link.takeSent();
            host.link.room(random.nextInt(30) == 0 ? 0 : 1_000);
        }
        endpoint.close();
        assertThat(host.statistics.framesReceived).isEqualTo(FRAMES);
        assertThat(host.statistics.drops()).isPositive();
        host.assertNothingLeaked();
        assertThat(host.wheel.armedTimers()).isZero();
    }

    /** Half of the frames get a few bytes changed, some are cut or extended. */
    private static byte[] mutated(final byte[] frame, final Random random) {
        byte[] bytes = frame;
        if (random.nextInt(8) == 0) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
        }
        if (random.nextBoolean() && bytes.length > 0) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            // With the checksum mended, what is behind the header's own check is reached, too.
            if (bytes.length >= 34 && random.nextInt(3) != 0) {
                final byte[] packet = Packets.withIpChecksum(Arrays.copyOfRange(bytes, 14, bytes.length));
                System.arraycopy(packet, 0, bytes, 14, packet.length);
            }
        }
        return bytes;
    }

    private static byte[] frame(final Random random) {
        final IpAddress source = random.nextInt(4) == 0 ? IpAddress.ipv4(random.nextInt()) : TestHost.PEER;
        final MacAddress destination = random.nextInt(5) == 0 ? MacAddress.BROADCAST : TestHost.MAC;
        final byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return switch (random.nextInt(8)) {
            case 0 -> noise;
            case 1 -> arp(random, source);
            case 2 -> ip(destination, source, IpProtocol.ICMP, random, Packets.icmp(8, 0, random.nextInt(), noise));
            case 3 -> ip(destination, source, IpProtocol.ICMP, random, icmpError(random, source));
            case 4, 5 -> ip(destination, source, IpProtocol.UDP, random, udp(random, source, noise));
            case 6 -> fragment(random, source);
            default -> ip(destination, source, random.nextInt(256), random, noise);
        };
    }

    private static byte[] arp(final Random random, final IpAddress source) {
        final IpAddress target = random.nextInt(3) == 0 ? TestHost.OTHER : TestHost.ADDRESS;
        final byte[] arp =
                Packets.arp(1 + random.nextInt(2), MacAddress.of(random.nextLong()), source, TestHost.MAC, target);
        return Packets.ethernet(MacAddress.BROADCAST, TestHost.PEER_MAC, 0x0806, arp);
    }

    private static byte[] icmpError(final Random random, final IpAddress destination) {
        final byte[] udp = Packets.udp(TestHost.ADDRESS, 7, destination, 4_000, new byte[random.nextInt(20)]);
        final int protocol = random.nextInt(4) == 0 ? random.nextInt(256) : IpProtocol.UDP;
        final byte[] quoted = Packets.ipv4(TestHost.ADDRESS, destination, protocol, udp);
        final int[] types = {3, 3, 11, 12};
        return Packets.icmp(types[random.nextInt(4)], random.nextInt(6), random.nextInt(2_000), quoted);
    }

    private static byte[] udp(final Random random, final IpAddress source, final byte[] payload) {
        return Packets.udp(source, random.nextInt(65_536), TestHost.ADDRESS, 6 + random.nextInt(3), payload);
    }

    private static byte[] fragment(final Random random, final IpAddress source) {
        final int fragment = random.nextInt(3) == 0 ? random.nextInt(0x4000) : random.nextInt(8) | 0x2000;
        final byte[] payload = new byte[8 * random.nextInt(12) + (random.nextInt(4) == 0 ? 3 : 0)];
        final byte[] packet = Packets.ipv4(
                source, TestHost.ADDRESS, IpProtocol.UDP, random.nextInt(6), fragment, new byte[0], payload);
        return Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x0800, packet);
    }

    private static byte[] ip(
            final MacAddress mac,
            final IpAddress source,
            final int protocol,
            final Random random,
            final byte[] payload) {
        final IpAddress[] destinations = {
            TestHost.ADDRESS, TestHost.ADDRESS, TestHost.DIRECTED_BROADCAST, TestHost.OTHER
        };
        final byte[] options = new byte[random.nextInt(3) == 0 ? 4 * random.nextInt(11) : 0];
        for (int i = 0; i < options.length; i++) {
            options[i] = (byte) (random.nextBoolean() ? random.nextInt(12) : random.nextInt());
        }
        final byte[] packet = Packets.ipv4(
                source, destinations[random.nextInt(4)], protocol, random.nextInt(65_536), 0, options, payload);
        return Packets.ethernet(mac, TestHost.PEER_MAC, 0x0800, packet);
    }
}
