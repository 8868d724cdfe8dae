package io.tapstack.fuzz;

import io.tapstack.tcp.connection.TcbInspection;
import io.tapstack.testing.Decisions;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.TcpHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets that no sane peer would send, close to those that one would: every field is a significant number, or one
 * beside it.
 */
final class WildPackets {

    private static final int IP_HEADER = 20;
    private static final int MAX_OPTIONS = 40;
    private static final int[] LENGTHS = {0, 0, 0, 1, 2, 7, 100, 536, 1_448, 1_460};
    private static final int[] FLAGS = {
        TcpHeader.ACK,
        TcpHeader.ACK | TcpHeader.PSH,
        TcpHeader.ACK | TcpHeader.FIN,
        TcpHeader.SYN,
        TcpHeader.SYN | TcpHeader.ACK,
        TcpHeader.RST,
        TcpHeader.RST | TcpHeader.ACK,
        TcpHeader.ACK | TcpHeader.URG,
        TcpHeader.ACK | TcpHeader.ECE,
        TcpHeader.ACK | TcpHeader.CWR | TcpHeader.PSH,
        TcpHeader.SYN | TcpHeader.ECE | TcpHeader.CWR,
        TcpHeader.FIN
    };

    private WildPackets() {}

    // ---- TCP

    /** An IPv4 packet with a segment for the 4-tuple of {@code peer}, around the state of its connection. */
    static byte[] segment(
            final Decisions in, final ModelPeer peer, final @Nullable TcbInspection tcb, final long nowNanos) {
        final int flags = in.oneIn(16) ? in.octet() : in.oneOf(FLAGS);
        final int seq = sequence(in, peer, tcb);
        final int ack = acknowledgment(in, peer, tcb);
        final int window = in.oneOf(65_535, peer.window, 0, 1, 100, 1_460, in.below(65_536));
        final int urgent = in.oneIn(8) ? in.below(65_536) : 0;
        final byte[] options = options(in, peer, tcb, flags, nowNanos);
        final int length = in.oneOf(LENGTHS);
        if (in.oneIn(32)) {
            window(peer, window);
        }
        return peer.segment(flags, seq, ack, window, urgent, options, length);
    }

    /** The peer announces this window from now on. */
    private static void window(final ModelPeer peer, final int window) {
        peer.window = window;
    }

    private static int sequence(final Decisions in, final ModelPeer peer, final @Nullable TcbInspection tcb) {
        final int base = tcb == null
                ? peer.sndNxt
                : in.oneOf(
                        tcb.rcvNxt(),
                        tcb.rcvNxt(),
                        peer.sndNxt,
                        tcb.rcvAdv(),
                        tcb.irs(),
                        tcb.rcvNxt() + (tcb.rcvAdv() - tcb.rcvNxt()) / 2,
                        tcb.rcvNxt() + 1_460);
        return base + in.offset();
    }

    private static int acknowledgment(final Decisions in, final ModelPeer peer, final @Nullable TcbInspection tcb) {
        final int base = tcb == null
                ? peer.rcvNxt
                : in.oneOf(
                        tcb.sndUna(),
                        tcb.sndNxt(),
                        tcb.sndNxt(),
                        peer.rcvNxt,
                        tcb.sndUna() + (tcb.sndNxt() - tcb.sndUna()) / 2,
                        tcb.sndUna() - tcb.maxSndWnd(),
                        tcb.iss());
        return base + in.offset();
    }

    private static byte[] options(
            final Decisions in,
            final ModelPeer peer,
            final @Nullable TcbInspection tcb,
            final int flags,
            final long nowNanos) {
        final ByteArrayOutputStream options = new ByteArrayOutputStream();
        // Without timestamps every segment would be dropped at once.
        final boolean timestamps = tcb != null && tcb.timestampsEnabled();
        if (timestamps && !in.oneIn(16)) {
            timestamps(in, peer, tcb, options, nowNanos);
        }
        for (int more = in.below(16); more > 11; more--) {
            option(in, peer, tcb, options, nowNanos);
        }
        if ((flags & TcpHeader.SYN) != 0 && in.oneIn(2)) {
            options.writeBytes(new byte[] {2, 4, (byte) in.below(12), (byte) in.octet()});
        }
        final byte[] bytes = options.toByteArray();
        // Filled up with NOPs to a word.
        final byte[] padded = new byte[Math.min(MAX_OPTIONS, (bytes.length + 3) / 4 * 4)];
        Arrays.fill(padded, (byte) 1);
        System.arraycopy(bytes, 0, padded, 0, Math.min(bytes.length, padded.length));
        return padded;
    }

    private static void option(
            final Decisions in,
            final ModelPeer peer,
            final @Nullable TcbInspection tcb,
            final ByteArrayOutputStream options,
            final long nowNanos) {
        switch (in.below(10)) {
            case 0 -> options.writeBytes(new byte[] {2, 4, (byte) in.octet(), (byte) in.octet()});
            case 1 -> options.writeBytes(new byte[] {3, 3, (byte) in.below(20)});
            case 2 -> options.writeBytes(new byte[] {4, 2});
            case 3, 4, 5 -> sackBlocks(in, tcb, options);
            case 6 -> timestamps(in, peer, tcb, options, nowNanos);
            case 7 -> {
                // Fast Open (RFC 7413), with a cookie or without, too long or too short.
                final byte[] cookie = in.bytes(in.oneOf(0, 4, 8, 16, 3));
                options.write(34);
                options.write(cookie.length + 2);
                options.writeBytes(cookie);
            }
            case 8 -> options.write(in.octet()); // End of list, or a kind without a length
            default -> {
                // A kind and a length, which may be 0, too long, or that of another option.
                options.write(in.octet());
                options.write(in.below(44));
            }
        }
    }

    private static void sackBlocks(
            final Decisions in, final @Nullable TcbInspection tcb, final ByteArrayOutputStream options) {
        final int blocks = in.between(1, 4);
        options.write(5);
        options.write(2 + 8 * blocks);
        int edge = tcb == null ? 0 : tcb.sndUna();
        final int flight = tcb == null ? 0 : Math.max(1, tcb.sndNxt() - edge);
        for (int i = 0; i < blocks; i++) {
            final int left = edge + in.oneOf(0, 1, 1_448, 1_460, flight / 2, in.offset());
            final int right = left + in.oneOf(1, 1_448, 1_460, flight, 0, in.offset());
            ModelPeer.number(options, left);
            ModelPeer.number(options, right);
            edge = in.oneIn(4) ? edge : right;
        }
    }

    private static void timestamps(
            final Decisions in,
            final ModelPeer peer,
            final @Nullable TcbInspection tcb,
            final ByteArrayOutputStream options,
            final long nowNanos) {
        final int recent = tcb == null ? 0 : tcb.tsRecent();
        options.writeBytes(new byte[] {1, 1, 8, 10});
        ModelPeer.number(options, in.oneOf(ModelPeer.clock(nowNanos), recent, recent + in.offset()));
        ModelPeer.number(options, in.oneOf(peer.lastTimestamp(), peer.lastTimestamp() + in.offset(), 0));
    }

    // ---- IP

    /** The packet in fragments: in any order, with holes, doubled or overlapping. */
    static List<byte[]> fragments(final Decisions in, final byte[] packet) {
        final int payload = packet.length - IP_HEADER;
        final List<byte[]> fragments = new ArrayList<>();
        final int identification = in.below(4);
        int from = 0;
        while (from < payload && fragments.size() < 8) {
            final int to = Math.min(payload, from + 8 * in.between(1, 100));
            fragments.add(fragment(packet, identification, from, to, to < payload));
            from = in.oneIn(16) ? Math.max(8, to - 8) : to;
        }
        if (in.oneIn(4)) {
            Collections.reverse(fragments);
        }
        if (in.oneIn(8)) {
            fragments.remove(in.below(fragments.size()));
        }
        return fragments;
    }

    private static byte[] fragment(
            final byte[] packet, final int identification, final int from, final int to, final boolean more) {
        final byte[] piece = Arrays.copyOfRange(packet, IP_HEADER + from, IP_HEADER + to);
        final int field = from >> 3 | (more ? 0x2000 : 0);
        return Packets.ipv4(
                address(packet, 12), address(packet, 16), packet[9], identification, field, new byte[0], piece);
    }

    private static IpAddress address(final byte[] packet, final int at) {
        return IpAddress.ipv4(ByteBuffer.wrap(packet).getInt(at));
    }

    /** An ICMP error about a packet that the stack has sent, or seems to have sent. */
    static byte[] icmpError(final Decisions in, final List<byte[]> sent) {
        final byte[] quoted = sent.isEmpty()
                ? Packets.ipv4(FuzzedHost.ADDRESS, TestHost.PEER, IpProtocol.TCP, new byte[20])
                : sent.get(in.below(sent.size())).clone();
        if (in.oneIn(4)) {
            quoted[in.below(Math.min(quoted.length, 60))] = (byte) in.octet();
        }
        final byte[] quote =
                Arrays.copyOf(quoted, Math.min(quoted.length, in.oneOf(28, 40, 60, 20, 548, in.below(64))));
        final int type = in.oneOf(3, 3, 3, 11, 12, 4, in.octet());
        final int code = type == 3 ? in.oneOf(4, 1, 2, 3, in.below(16)) : in.below(4);
        final int mtu = in.oneOf(0, 68, 576, 1_000, 1_400, 1_500, in.below(65_536));
        final IpAddress from = in.oneIn(4) ? TestHost.OTHER : TestHost.PEER;
        return Packets.ipv4(from, FuzzedHost.ADDRESS, IpProtocol.ICMP, Packets.icmp(type, code, mtu, quote));
    }

    static byte[] echoRequest(final Decisions in) {
        final byte[] message = Packets.icmp(8, in.oneIn(8) ? 1 : 0, in.word(), in.bytes(in.below(64)));
        final IpAddress to = in.oneIn(4) ? TestHost.DIRECTED_BROADCAST : FuzzedHost.ADDRESS;
        return Packets.ipv4(TestHost.PEER, to, IpProtocol.ICMP, message);
    }

    static byte[] datagram(final Decisions in) {
        final int port = in.oneIn(4) ? in.below(65_536) : FuzzedHost.UDP_PORT;
        final byte[] datagram = Packets.udp(
                TestHost.PEER, 1_000 + in.below(4), FuzzedHost.ADDRESS, port, new byte[in.oneOf(0, 1, 64, 1_400)]);
        if (in.oneIn(8)) {
            datagram[in.below(8)] = (byte) in.octet();
        }
        return Packets.ipv4(TestHost.PEER, FuzzedHost.ADDRESS, IpProtocol.UDP, datagram);
    }

    /** A packet with IP options, of any protocol. */
    static byte[] packet(final Decisions in) {
        final byte[] options = Arrays.copyOf(in.bytes(40), 4 * in.below(11));
        // Not TCP: a valid segment has to come from a peer that records it.
        final int protocol = in.octet();
        final byte[] payload = in.bytes(in.below(64));
        return Packets.ipv4(
                in.any(TestHost.PEER, TestHost.OTHER, FuzzedHost.ADDRESS, IpAddress.ipv4(in.word())),
                in.any(FuzzedHost.ADDRESS, TestHost.DIRECTED_BROADCAST, TestHost.OTHER),
                protocol == IpProtocol.TCP ? IpProtocol.UDP : protocol,
                in.below(8),
                in.oneOf(0, 0x4000, 0x2000, in.below(0x1_0000)),
                options,
                payload);
    }

    /**
     * An earlier packet, with some bytes changed and the IP checksum corrected; null if TCP would take the changed
     * bytes for intact, as no peer has recorded them.
     */
    static byte @Nullable [] damaged(final Decisions in, final byte[] packet) {
        final byte[] damaged = in.oneIn(4) ? Arrays.copyOf(packet, in.below(packet.length + 8)) : packet.clone();
        for (int changes = in.between(1, 3); changes > 0 && damaged.length > 0; changes--) {
            damaged[in.below(Math.min(damaged.length, 64))] = (byte) in.octet();
        }
        if (damaged.length >= IP_HEADER && !in.oneIn(4)) {
            Packets.withIpChecksum(damaged);
        }
        final byte[] segment = segmentIn(damaged);
        final boolean intact =
                Packets.transportChecksum(addressOrAny(damaged, 12), addressOrAny(damaged, 16), IpProtocol.TCP, segment)
                        == 0;
        return intact && !Arrays.equals(segment, segmentIn(packet)) ? null : damaged;
    }

    private static byte[] segmentIn(final byte[] packet) {
        final int from = packet.length == 0 ? 0 : (packet[0] & 0xF) * 4;
        final int length = packet.length < 4 ? 0 : (packet[2] & 0xFF) << 8 | packet[3] & 0xFF;
        final int to = Math.min(packet.length, length);
        return from < to ? Arrays.copyOfRange(packet, from, to) : new byte[0];
    }

    private static IpAddress addressOrAny(final byte[] packet, final int at) {
        return packet.length < at + 4 ? IpAddress.ANY_IPV4 : address(packet, at);
    }

    // ---- ARP

    static byte[] arp(final Decisions in) {
        final MacAddress sender = in.any(TestHost.PEER_MAC, TestHost.MAC, MacAddress.of(in.word()));
        final byte[] arp = Packets.arp(
                in.between(0, 3),
                sender,
                in.any(TestHost.PEER, TestHost.OTHER, FuzzedHost.ADDRESS, IpAddress.ANY_IPV4),
                TestHost.MAC,
                in.any(FuzzedHost.ADDRESS, TestHost.PEER, TestHost.OTHER));
        if (in.oneIn(8)) {
            arp[in.below(arp.length)] = (byte) in.octet();
        }
        final MacAddress to = in.oneIn(2) ? MacAddress.BROADCAST : TestHost.MAC;
        return Packets.ethernet(to, TestHost.PEER_MAC, 0x0806, Arrays.copyOf(arp, in.oneIn(8) ? in.below(46) : 28));
    }
}
