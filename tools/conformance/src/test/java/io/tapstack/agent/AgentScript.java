package io.tapstack.agent;

import io.tapstack.fuzz.ModelPeer;
import io.tapstack.posix.SocketCalls;
import io.tapstack.posix.SocketIoctls;
import io.tapstack.testing.Decisions;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/** Plays one input of the fuzzer as a suite that drives the agent: calls, packets, time, and malformed requests. */
final class AgentScript {

    private static final long SECOND_MICROS = 1_000_000;
    private static final long DAY_MICROS = 86_400 * SECOND_MICROS;
    private static final int LISTENED = 80;
    private static final int STEPS_TOLD = 40;
    private static final int MAX_STEPS = 400;

    private static final String[] SETTINGS = {
        "sack=off", "ecn=on", "timestamps=off", "wscale=0", "wscale=-1", "mss=536", "rcvwnd=3000", "rcvwnd=1",
                "delack=0", "quickack=on",
        "rto.initial=0", "rto.min=0", "iw=1", "cc=tahoe", "cc=bbr", "cc=nothing", "iss=4294967295", "iss=rfc6528",
                "ttl=1", "syncookies=always",
        "time_wait=0", "keepalive.idle=0", "keepalive.interval=1", "keepalive.count=1", "mtu=68", "mtu=1500",
                "mtu=65535", "mtu=1", "=", ""
    };

    /** Significant values of an argument. */
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        11,
        16,
        80,
        1_000,
        65_535,
        65_536,
        -1,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        1L << 32,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        SocketIoctls.FIONREAD,
        SocketIoctls.SIOCOUTQ,
        SocketCalls.SOCK_NONBLOCK
    };

    private final Decisions in;
    private final AgentLab agent;
    private final boolean ipv6;
    private final List<ModelPeer> peers;
    private final ArrayDeque<String> log = new ArrayDeque<>();
    private int steps;

    /** @param ipv6 true for sockets of AF_INET6, and for two peers with IPv6; the other two have IPv4 all the same */
    AgentScript(final Decisions in, final boolean ipv6) {
        this.in = in;
        this.ipv6 = ipv6;
        this.peers = List.of(
                peer(40_000, LISTENED, ipv6),
                peer(40_001, LISTENED, false),
                peer(40_002, 1_002, ipv6),
                peer(40_003, 1_003, false));
        this.agent = new AgentLab(peers);
    }

    private static ModelPeer peer(final int port, final int stackPort, final boolean ipv6) {
        return ipv6
                ? new ModelPeer(new Endpoint(AgentLab.PEER6, port), new Endpoint(AgentLab.LOCAL6.address(), stackPort))
                : new ModelPeer(new Endpoint(AgentLab.PEER, port), new Endpoint(AgentLab.LOCAL.address(), stackPort));
    }

    int steps() {
        return steps;
    }

    /** Plays the input to its end, and takes the stack down. */
    void play() throws Exception {
        try {
            while (!in.isUsedUp() && steps < MAX_STEPS) {
                steps++;
                step();
            }
            if (in.octet() == 1) {
                agent.close();
            } else {
                agent.end();
            }
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError("request " + steps + " of\n  " + String.join("\n  ", log), e);
        }
    }

    private AgentReply ask(final int op, final long a, final long b, final long c, final long d, final byte[] blob)
            throws IOException, InterruptedException {
        log.add("op %d (%d, %d, %d, %d) with %d bytes".formatted(op, a, b, c, d, blob.length));
        if (log.size() > STEPS_TOLD) {
            log.remove();
        }
        final AgentReply reply = agent.ask(op, a, b, c, d, blob);
        log.add(log.removeLast() + " = " + reply.result());
        return reply;
    }

    private AgentReply ask(final int op, final long a, final long b, final long c)
            throws IOException, InterruptedException {
        return ask(op, a, b, c, 0, new byte[0]);
    }

    private void step() throws IOException, InterruptedException {
        final ModelPeer peer = peers.get(in.below(4));
        switch (in.below(42)) {
            case 0, 1 -> ask(Operations.SOCKET, ipv6 ? 10 : 2, in.oneOf(1, 1, 1, 2) | nonBlocking(), 0);
            case 2, 3 ->
                ask(
                        Operations.BIND,
                        fd(),
                        0,
                        0,
                        0,
                        address(ipv6 ? AgentLab.LOCAL6.address() : AgentLab.LOCAL.address(), port()));
            case 4, 5 -> ask(Operations.LISTEN, fd(), in.oneOf(4, 0, 1), 0);
            case 6, 7 -> ask(Operations.ACCEPT, fd(), nonBlocking(), 0);
            case 8, 9 -> ask(Operations.CONNECT, fd(), 0, 0, 0, address(peer.endpoint.address(), peer.endpoint.port()));
            case 10, 11 -> ask(Operations.RECV, fd(), in.oneOf(100_000, 0, 1, 1_000), flags());
            case 12, 13, 14 -> send(peer);
            case 15 -> ask(Operations.CLOSE, fd(), 0, 0);
            case 16 -> ask(Operations.SHUTDOWN, fd(), in.below(4), 0);
            case 17 -> ask(Operations.GETSOCKOPT, fd(), level(), in.below(70), in.oneOf(256, 4, 0), new byte[0]);
            case 18, 19 -> ask(Operations.SETSOCKOPT, fd(), level(), in.below(70), 0, optionValue());
            case 20 -> ask(Operations.FCNTL, fd(), in.oneOf(3, 4, 5), nonBlocking());
            case 21 -> poll();
            case 22 -> epoll();
            case 23 -> ask(Operations.IOCTL, fd(), in.oneOf(SocketIoctls.FIONREAD, SocketIoctls.SIOCOUTQ, 0), 0);
            case 24 -> ask(Operations.NAME, fd(), in.below(3), 0);
            case 25 -> ask(Operations.SET, 0, 0, 0, 0, setting());
            case 26, 27, 28, 29, 30 -> packetIn(peer);
            case 31, 32, 33 -> packetsOut();
            case 34, 35 -> ask(Operations.ADVANCE, in.oneOf(1, 1_000, 40_000, 200_000, 1_000_000, 100_000_000), 0, 0);
            case 36 -> ask(Operations.NOW, 0, 0, 0);
            case 37 -> peerChanges(peer);
            case 38 -> anything();
            case 39 -> receiveMessage();
            case 40 -> sendMessage();
            default -> agent.askBytes(in.bytes(in.below(80)));
        }
    }

    // ---- Arguments

    /** Most of the time an open one, as the lowest free one is used. */
    private long fd() {
        return 3 + in.below(6);
    }

    private int level() {
        return in.oneOf(ipv6 ? 41 : 0, 1, 6);
    }

    private int nonBlocking() {
        return in.oneIn(4) ? 0 : SocketCalls.SOCK_NONBLOCK;
    }

    private int flags() {
        return in.oneOf(0, 0, 0x40, 0x2, 0x20, 0x100, 0x1, 0x4000, in.word());
    }

    private int port() {
        return in.oneOf(LISTENED, 1_002, 1_003, 0, 7);
    }

    /** At a port that both versions share, an address of IPv6 stands for all of ours. */
    private byte[] address(final IpAddress address, final int port) {
        if (ipv6) {
            final boolean all = port == LISTENED && address.equals(AgentLab.LOCAL6.address());
            return ByteBuffer.allocate(22)
                    .putShort((short) port)
                    .put((all ? IpAddress.ANY_IPV6 : address).toIpv6Bytes())
                    .array();
        }
        return ByteBuffer.allocate(6)
                .putShort((short) port)
                .putInt(address.ipv4Bits())
                .array();
    }

    private void send(final ModelPeer peer) throws IOException, InterruptedException {
        final int length = in.oneOf(1, 100, 1_460, 20_000, 0);
        final boolean addressed = in.oneIn(4);
        final byte[] to = addressed ? address(peer.endpoint.address(), peer.endpoint.port()) : new byte[0];
        final ByteBuffer blob = ByteBuffer.allocate(to.length + length).put(to);
        final int flags = in.oneOf(0, 0x40, 0x8000, 0x1, 0x2000_0000, 0x4000);
        ask(Operations.SEND, fd(), length, flags, to.length, blob.array());
    }

    private void receiveMessage() throws IOException, InterruptedException {
        final int flags = in.oneOf(0x40, 0x2000, 0);
        ask(Operations.RECVMSG, fd(), in.oneOf(1_000, 0, 1), flags, in.oneOf(100, 0, 17), new byte[0]);
    }

    private void sendMessage() throws IOException, InterruptedException {
        final byte[] control = in.bytes(in.below(48));
        if (control.length >= 16 && !in.oneIn(4)) {
            // A length, a level and a type that may be known.
            ByteBuffer.wrap(control)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(in.oneOf(control.length, 20, 16, 0))
                    .putInt(level())
                    .putInt(in.below(90));
        }
        final int length = in.oneOf(100, 0, 20_000);
        final ByteBuffer blob =
                ByteBuffer.allocate(Integer.BYTES + control.length + length).order(ByteOrder.LITTLE_ENDIAN);
        blob.putInt(in.oneIn(16) ? in.word() : control.length).put(control);
        ask(Operations.SENDMSG, fd(), length, in.oneOf(0x40, 0x400_0040, 0x8000), 0, blob.array());
    }

    private byte[] optionValue() {
        final ByteBuffer value = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        value.putInt(in.oneOf(1, 0, -1, 1_000, 65_536, in.word())).putInt(in.oneOf(0, 1, 100));
        return in.oneIn(8)
                ? in.any("reno", "bbr", "cubic", "no").getBytes(StandardCharsets.US_ASCII)
                : java.util.Arrays.copyOf(value.array(), in.oneOf(4, 8, 16, 1, 0));
    }

    private void poll() throws IOException, InterruptedException {
        final int count = in.below(5);
        final ByteBuffer blob = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            blob.putInt((int) fd()).putShort((short) in.oneOf(1, 4, 5, 0xFFFF)).putShort((short) 0);
        }
        ask(Operations.POLL, in.oneIn(16) ? in.word() : count, in.oneOf(0, 1, 1_000), 0, 0, blob.array());
    }

    private void epoll() throws IOException, InterruptedException {
        switch (in.below(4)) {
            case 0 -> ask(Operations.EPOLL_CREATE, in.below(2), 0, 0);
            case 1 -> ask(Operations.EPOLL_WAIT, fd(), in.oneOf(10, 1, 0, -1, 1 << 30), in.oneOf(0, 10, 1_000));
            default -> {
                final ByteBuffer event = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
                event.putInt(in.oneOf(1, 4, 5, 1 << 31 | 1, 1 << 30 | 5, in.word()))
                        .putLong(in.word());
                ask(Operations.EPOLL_CTL, fd(), in.oneOf(1, 2, 3, 0), fd(), 0, event.array());
            }
        }
    }

    private byte[] setting() {
        final String text = in.any(SETTINGS);
        return (in.oneIn(8) ? text + (char) in.octet() : text).getBytes(StandardCharsets.ISO_8859_1);
    }

    // ---- The other end of the link

    /** A segment that a TCP would send next, or one that none would. */
    private void packetIn(final ModelPeer peer) throws IOException, InterruptedException {
        final long now = agent.nanos();
        final byte[] packet;
        switch (in.below(12)) {
            case 0, 1 -> {
                peer.begin(in.oneOf(0, -1, 100_000, in.word()));
                packet = peer.next(TcpHeader.SYN, 0, now);
            }
            case 2 -> {
                peer.begin(in.oneOf(0, 7));
                packet = peer.next(TcpHeader.SYN | TcpHeader.ACK, 0, now);
            }
            case 3, 4, 5 -> packet = peer.next(TcpHeader.ACK, 0, now);
            case 6, 7 -> packet = peer.next(TcpHeader.ACK | TcpHeader.PSH, in.oneOf(1, 100, 1_460), now);
            case 8 -> packet = peer.next(TcpHeader.ACK | TcpHeader.FIN, 0, now);
            case 9 -> packet = peer.again(TcpHeader.RST | TcpHeader.ACK, peer.sndNxt, 0, now);
            case 10 -> {
                packet = peer.next(in.octet(), in.below(100), now);
                packet[in.below(packet.length)] ^= (byte) in.octet();
            }
            default -> packet = in.bytes(in.below(100));
        }
        ask(Operations.PACKET_IN, 0, 0, 0, 0, packet);
    }

    /** Fetches waiting packets; now and then more, for which time has to pass. */
    private void packetsOut() throws IOException, InterruptedException {
        final int most = in.oneOf(100, 1, 5);
        for (int i = 0; i < most && agent.hasSent(); i++) {
            ask(Operations.PACKET_OUT, 0, 0, 0);
        }
        if (in.oneIn(8)) {
            ask(Operations.PACKET_OUT, 0, 0, 0);
        }
    }

    private void peerChanges(final ModelPeer peer) {
        peer.mss = in.oneOf(1_460, 536, 1);
        peer.windowShift = in.oneOf(-1, 0, 7);
        peer.timestamps = in.oneIn(2);
        peer.sack = in.oneIn(2);
        peer.window = in.oneOf(65_535, 0, 1, 1_000);
        peer.lossMask = in.oneIn(2) ? in.octet() : 0;
    }

    // ---- Malformed requests

    private void anything() throws IOException, InterruptedException {
        final int op = in.oneIn(8) ? in.octet() : in.between(1, 24);
        final byte[] blob = in.bytes(in.below(40));
        ask(op, number(), number(), number(), number(), blob);
    }

    /** In an {@code advance} at most a day, which has few enough events. */
    private long number() {
        final int choice = in.below(NUMBERS.length + 2);
        if (choice >= NUMBERS.length) {
            return choice == NUMBERS.length ? in.word() : in.word() % DAY_MICROS;
        }
        return NUMBERS[choice];
    }
}
