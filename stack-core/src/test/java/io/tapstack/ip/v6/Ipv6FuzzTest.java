package io.tapstack.ip.v6;

import static io.tapstack.testing.Ipv6Host.ADDRESS;
import static io.tapstack.testing.Ipv6Host.LINK_LOCAL;
import static io.tapstack.testing.Ipv6Host.PEER;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.testing.Decisions;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packets of IPv6 that are right or nearly so: chains of extension headers with options, fragments, echoes, errors
 * about what the host has sent, and datagrams. Each packet is dropped for a counted reason, delivered, answered or kept
 * for reassembly; what the host sends is well-formed, and an error is never sent about one.
 */
class Ipv6FuzzTest {

    private static final int PORT = 7;
    private static final int MOST_STEPS = 300;
    private static final int RANDOM_BYTES = 10_000;
    private static final int SENT_KEPT = 8;
    private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
    private static final int[] EXTENSIONS = {0, 43, 44, 60, 60, 60};
    private static final int[] OPTIONS = {0, 0, 1, 1, 5, 0x1E, 0x5E, 0x9E, 0xDE, 0xC2, 0xC9, 0x04};

    private final Ipv6Host host = new Ipv6Host();
    private final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);
    private final ArrayDeque<byte[]> sent = new ArrayDeque<>();

    @FuzzTest
    void anyPackets(final byte[] input) throws SocketErrorException {
        final Decisions in = new Decisions(input);
        endpoint.bind(new Endpoint(IpAddress.ANY_IPV6, PORT));
        for (int step = 0; step < MOST_STEPS && !in.isUsedUp(); step++) {
            switch (in.below(10)) {
                case 0 -> host.advanceSeconds(in.oneOf(0, 1, 30, 61, 601));
                case 1 -> send(in);
                case 2, 3, 4 -> fragments(in).forEach(this::receive);
                case 5 -> receive(damaged(in, packet(in)));
                default -> receive(packet(in));
            }
            check();
        }
        endpoint.close();
        host.assertNothingLeaked();
    }

    /** The same without a fuzzer, so that every test run covers some of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anythingAtRandom(final long seed) throws SocketErrorException {
        final byte[] input = new byte[RANDOM_BYTES];
        new java.util.SplittableRandom(seed).nextBytes(input);
        anyPackets(input);
    }

    // ---- Packets

    private byte[] packet(final Decisions in) {
        final IpAddress source = in.any(PEER, PEER, PEER, Ipv6Host.FAR, ADDRESS, ALL_NODES, IpAddress.ANY_IPV6);
        final IpAddress destination = in.any(ADDRESS, ADDRESS, ADDRESS, LINK_LOCAL, ALL_NODES, PEER);
        final int protocol = in.oneOf(17, 17, 58, 58, 59, 6, in.octet());
        final byte[] payload = payload(in, source, destination, protocol);
        if (!in.oneIn(2)) {
            return Packets.ipv6(source, destination, in.octet(), protocol, in.oneOf(64, 255, 1, 0), payload);
        }
        final List<Integer> types = new ArrayList<>();
        for (int more = in.below(4); more >= 0; more--) {
            types.add(in.oneOf(EXTENSIONS));
        }
        final ByteArrayOutputStream chain = new ByteArrayOutputStream();
        for (int i = 0; i < types.size(); i++) {
            final int next = i + 1 < types.size() ? types.get(i + 1) : protocol;
            chain.writeBytes(extension(in, types.get(i), next));
        }
        chain.writeBytes(payload);
        return Packets.ipv6(source, destination, in.octet(), types.get(0), 64, chain.toByteArray());
    }

    private byte[] payload(
            final Decisions in, final IpAddress source, final IpAddress destination, final int protocol) {
        final byte[] data = Packets.pattern(in.oneOf(0, 1, 8, 64, 1_300, 3_000));
        return switch (protocol) {
            case IpProtocol.UDP -> Packets.udp(source, 1_000, destination, in.oneIn(4) ? in.below(65_536) : PORT, data);
            case IpProtocol.ICMPV6 ->
                in.oneIn(2)
                        ? Packets.icmpv6(source, destination, in.oneOf(128, 129, 130, 135, 137, in.octet()), 0, 7, data)
                        : error(in, source, destination);
            default -> data;
        };
    }

    private byte[] error(final Decisions in, final IpAddress source, final IpAddress destination) {
        final byte[] quoted = sent.isEmpty()
                ? Packets.ipv6(ADDRESS, PEER, 17, new byte[20])
                : new ArrayList<>(sent).get(in.below(sent.size())).clone();
        if (in.oneIn(4)) {
            quoted[in.below(Math.min(quoted.length, 60))] = (byte) in.octet();
        }
        final byte[] cut = Arrays.copyOf(quoted, Math.min(quoted.length, in.oneOf(1_232, 48, 47, 40, in.below(64))));
        final int mtu = in.oneOf(1_280, 1_279, 1_400, 1_500, 0, in.word());
        return Packets.icmpv6(source, destination, in.oneOf(1, 2, 2, 2, 3, 4, in.below(128)), in.below(8), mtu, cut);
    }

    /** A fragment header, or one with options; mostly padded as it has to be. */
    private static byte[] extension(final Decisions in, final int type, final int next) {
        if (type == 44) {
            final boolean more = in.oneIn(2);
            return Packets.ipv6Fragment(next, in.below(4), 8 * in.oneOf(0, 0, 0, 1, 8_191), more, new byte[0]);
        }
        final ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(next);
        header.write(0);
        if (type == 43) {
            header.writeBytes(new byte[] {(byte) in.oneOf(0, 2, 4), (byte) in.oneOf(0, 0, 1, 255), 0, 0, 0, 0});
        }
        for (int more = in.below(4); more > 0; more--) {
            final int option = in.oneOf(OPTIONS);
            header.write(option);
            if (option != 0) {
                final int length = in.oneOf(0, 1, 2, 4, 6);
                header.write(in.oneIn(16) ? in.octet() : length);
                header.writeBytes(new byte[length]);
            }
        }
        final int padding = 7 & -header.size();
        if (padding == 1) {
            header.write(0);
        } else if (padding > 1) {
            header.write(1);
            header.write(padding - 2);
            header.writeBytes(new byte[padding - 2]);
        }
        final byte[] bytes = header.toByteArray();
        bytes[1] = (byte) (in.oneIn(16) ? in.octet() : bytes.length / 8 - 1);
        return bytes;
    }

    /** A packet in fragments: in any order, with holes, doubled or overlapping. */
    private List<byte[]> fragments(final Decisions in) {
        final byte[] whole = payload(in, PEER, ADDRESS, in.oneOf(17, 58));
        final int protocol = in.oneOf(17, 58, 60, 6);
        final int identification = in.below(4);
        final List<byte[]> fragments = new ArrayList<>();
        int from = 0;
        while (from < whole.length && fragments.size() < 8) {
            final int to = Math.min(whole.length, from + 8 * in.between(1, 150));
            final byte[] piece = Packets.ipv6Fragment(
                    protocol, identification, from, to < whole.length, Arrays.copyOfRange(whole, from, to));
            fragments.add(Packets.ipv6(PEER, ADDRESS, in.octet(), 44, 64, piece));
            from = in.oneIn(16) ? Math.max(8, to - 8) : to;
        }
        if (in.oneIn(4)) {
            Collections.reverse(fragments);
        }
        if (in.oneIn(8)) {
            fragments.add(fragments.get(in.below(fragments.size())));
        }
        if (in.oneIn(8)) {
            fragments.remove(in.below(fragments.size()));
        }
        return fragments;
    }

    private static byte[] damaged(final Decisions in, final byte[] packet) {
        final byte[] damaged = in.oneIn(4) ? Arrays.copyOf(packet, in.below(packet.length + 8)) : packet;
        for (int changes = in.between(1, 3); changes > 0 && damaged.length > 0; changes--) {
            damaged[in.below(Math.min(damaged.length, 80))] = (byte) in.octet();
        }
        return damaged;
    }

    // ---- The host

    private void send(final Decisions in) throws SocketErrorException {
        final IpAddress to = in.any(PEER, Ipv6Host.FAR, ADDRESS, ALL_NODES);
        endpoint.send(ByteBuffer.wrap(Packets.pattern(in.oneOf(0, 8, 1_400, 4_000))), new Endpoint(to, 1_000));
        host.advanceSeconds(0);
        endpoint.errors().take();
        takeSent();
    }

    private void receive(final byte[] packet) {
        final long drops = drops();
        host.receive(packet);
        final boolean errorAllowed = !isErrorItself(packet);
        for (final byte[] answer : takeSent()) {
            final boolean isError = answer[6] == 58 && answer[40] >= 0;
            assertThat(isError && !errorAllowed).as("an error about an error").isFalse();
        }
        assertThat(drops()).isGreaterThanOrEqualTo(drops);
    }

    /** True for an ICMPv6 error without extension headers. */
    private static boolean isErrorItself(final byte[] packet) {
        return packet.length > 40 && packet[6] == 58 && packet[40] >= 0;
    }

    private long drops() {
        long sum = 0;
        for (final DropReason reason : DropReason.values()) {
            sum += host.drops(reason);
        }
        return sum;
    }

    private List<byte[]> takeSent() {
        final List<byte[]> packets = host.link.takeSent();
        for (final byte[] packet : packets) {
            assertThat(packet.length).isBetween(40, 1_500);
            final ByteBuffer bytes = ByteBuffer.wrap(packet);
            assertThat(bytes.getInt(0) >>> 28).isEqualTo(6);
            assertThat((bytes.getShort(4) & 0xFFFF) + 40).isEqualTo(packet.length);
            final IpAddress source = IpAddress.ipv6(bytes.getLong(8), bytes.getLong(16));
            final IpAddress destination = IpAddress.ipv6(bytes.getLong(24), bytes.getLong(32));
            assertThat(source).isIn(ADDRESS, LINK_LOCAL);
            if (packet[6] == 44) {
                assertThat(bytes.getShort(42) & 0xFFF9)
                        .as("not an atomic fragment")
                        .isNotZero();
            } else {
                final byte[] transport = Arrays.copyOfRange(packet, 40, packet.length);
                assertThat(Packets.transportChecksum(source, destination, packet[6], transport))
                        .isZero();
            }
            if (sent.size() == SENT_KEPT) {
                sent.removeFirst();
            }
            sent.addLast(packet);
        }
        return packets;
    }

    private void check() throws SocketErrorException {
        endpoint.errors().take();
        for (Datagram datagram = endpoint.receive(); datagram != null; datagram = endpoint.receive()) {
            assertThat(datagram.source().address().isMulticast()).isFalse();
            assertThat(datagram.source().address().isAny()).isFalse();
            final ByteBuffer copy = ByteBuffer.allocate(datagram.length());
            datagram.copyTo(copy);
            datagram.release();
        }
        final IpAddress far = Ipv6Host.FAR;
        assertThat(host.internet.pathMtus().mtu(far, 1_500)).isBetween(1_280, 1_500);
    }
}
