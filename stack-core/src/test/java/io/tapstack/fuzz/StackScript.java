package io.tapstack.fuzz;

import io.tapstack.error.SocketErrorException;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.connection.TcbInspection;
import io.tapstack.testing.Decisions;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays one input of the fuzzer: the first bytes configure the host, the others are the events. */
final class StackScript {

    private static final long MICROS = 1_000L;
    private static final long MILLIS = 1_000_000L;
    private static final long SECONDS = 1_000_000_000L;
    private static final long DAYS = 86_400 * SECONDS;

    private static final LinkCapabilities[] LINKS = {
        LinkCapabilities.plain(LinkType.ETHERNET, 1_500),
        LinkCapabilities.plain(LinkType.IP, 1_500),
        new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535),
        LinkCapabilities.plain(LinkType.IP, 68),
        new LinkCapabilities(LinkType.ETHERNET, 1_500, true, false, 16_000),
    };

    /** The last steps, for the failure message. */
    private static final int STEPS_TOLD = 60;

    private final Decisions in;
    private final FuzzedHost host;
    private final boolean belowTcp;
    private final ArrayDeque<String> log = new ArrayDeque<>();
    private int steps;

    StackScript(final Decisions in) {
        this.in = in;
        final LinkCapabilities link = LINKS[in.below(16) % LINKS.length];
        final long memory = in.oneIn(8) ? 200_000 : 256L << 20;
        this.host = new FuzzedHost(link, memory);
        // Some inputs use the other protocols alone, which would be rare otherwise.
        this.belowTcp = in.oneIn(8);
    }

    int steps() {
        return steps;
    }

    /** Plays the input to its end, and takes the host down. */
    void play() throws SocketErrorException {
        try {
            if (!in.oneIn(8)) {
                host.listen(in.between(1, 4), config());
            }
            while (!in.isUsedUp()) {
                step();
                host.check();
                steps++;
            }
            say("the end");
            if (in.octet() == 1) {
                host.down();
            } else {
                host.end();
            }
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError("step " + steps + " of\n  " + String.join("\n  ", log), e);
        }
    }

    private void step() throws SocketErrorException {
        final ModelPeer peer = host.peers.get(in.below(16) % host.peers.size());
        switch (belowTcp ? 48 + in.below(16) : in.below(64)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 -> wild(peer);
            case 12, 13, 14, 15, 16, 17, 18, 19 -> peerGoesOn(peer);
            case 20, 21, 22, 23, 24 -> peerSends(peer);
            case 25, 26 -> peerRepeats(peer);
            case 27 -> peerEnds(peer);
            case 28 -> peerChanges(peer);
            case 29, 30, 31, 32, 33 -> write(peer);
            case 34, 35, 36, 37 -> read(peer);
            case 38, 39 -> end(peer);
            case 40, 41, 42 -> accept();
            case 43, 44 -> connect(peer);
            case 45 -> listener();
            case 46 -> options(peer);
            case 47, 48, 49, 50, 51 -> time();
            case 52, 53 -> receive("an ICMP error", WildPackets.icmpError(in, host.lastPackets()));
            case 54 -> fragments(peer);
            case 55 -> receive("a datagram", WildPackets.datagram(in));
            case 56 -> udp();
            case 57 -> arp();
            case 58 -> receive("a packet", WildPackets.packet(in));
            case 59 -> garbage();
            case 60 -> reflected();
            case 61 -> damaged(peer);
            case 62 -> room();
            default -> receive("an echo request", WildPackets.echoRequest(in));
        }
    }

    private void say(final String what) {
        log.add(what);
        if (log.size() > STEPS_TOLD) {
            log.remove();
        }
    }

    private @Nullable TcbInspection tcb(final ModelPeer peer) {
        final Conversation conversation = host.conversationWith(peer);
        return conversation == null ? null : conversation.tcb;
    }

    private TcpState state(final ModelPeer peer) {
        final Conversation conversation = host.conversationWith(peer);
        return conversation == null ? TcpState.CLOSED : conversation.connection.state();
    }

    private void receive(final String what, final byte[] packet) {
        say(what);
        host.receive(packet);
    }

    // ---- Peers

    private void wild(final ModelPeer peer) {
        final byte[] packet = WildPackets.segment(in, peer, tcb(peer), host.now());
        segment("wild", peer, packet);
    }

    private void segment(final String what, final ModelPeer peer, final byte[] packet) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final TcpHeader header = new TcpHeader().wrap(bytes, 20);
        say(what + " " + peer.endpoint.port() + " in " + state(peer) + ": "
                + TcpHeader.flagsToString(header.flags()) + " seq " + Integer.toUnsignedString(header.sequence()) + "("
                + (packet.length - 20 - header.headerLength()) + ") ack "
                + Integer.toUnsignedString(header.acknowledgment()) + " win " + header.window() + " options "
                + (header.headerLength() - 20));
        host.receive(packet);
    }

    /** The next segment of a TCP that has just read the received ones. */
    private void peerGoesOn(final ModelPeer peer) {
        switch (state(peer)) {
            case CLOSED, TIME_WAIT -> {
                if (peer.takeAnswer()) {
                    segment("complete", peer, peer.next(TcpHeader.ACK, 0, host.now()));
                    return;
                }
                peer.begin(in.oneOf(0, -1, Integer.MAX_VALUE, peer.sndNxt + 1, peer.sndNxt + 100_000, in.word()));
                segment(
                        "open",
                        peer,
                        peer.next(TcpHeader.SYN | ecn(peer), peer.fastOpen ? in.oneOf(0, 1, 1_000) : 0, host.now()));
            }
            case SYN_SENT -> {
                peer.begin(in.oneOf(0, -1_000, in.word()));
                final int ack = in.oneIn(8) ? 0 : TcpHeader.ACK;
                segment("answer", peer, peer.next(TcpHeader.SYN | ack, 0, host.now()));
            }
            default -> segment("acknowledge", peer, peer.next(TcpHeader.ACK, 0, host.now()));
        }
    }

    private static int ecn(final ModelPeer peer) {
        return peer.ecn ? TcpHeader.ECE | TcpHeader.CWR : 0;
    }

    /** New data, in the window. */
    private void peerSends(final ModelPeer peer) {
        final TcbInspection tcb = tcb(peer);
        final int room = tcb == null ? 1_000 : tcb.rcvAdv() - peer.sndNxt;
        final int wanted = in.oneOf(1_460, 1_000, 1, 100, 536, 9_000);
        final int length = Math.max(0, Math.min(Math.min(wanted, room), 1_460));
        final int ahead = in.oneIn(8) && room > 2 * length ? length : 0;
        peer.sndNxt += ahead; // a hole
        segment("send", peer, peer.next(TcpHeader.ACK | TcpHeader.PSH, length, host.now()));
    }

    /** From the sequence number that the stack expects. */
    private void peerRepeats(final ModelPeer peer) {
        final TcbInspection tcb = tcb(peer);
        if (tcb != null) {
            final int length = Math.min(Math.max(0, peer.sndNxt - tcb.rcvNxt()), in.oneOf(1_460, 100, 1));
            segment("repeat", peer, peer.again(TcpHeader.ACK, tcb.rcvNxt(), length, host.now()));
        }
    }

    private void peerEnds(final ModelPeer peer) {
        segment("end", peer, peer.next(TcpHeader.ACK | TcpHeader.FIN, in.oneOf(0, 100), host.now()));
    }

    /** The peer's properties from its next SYN on, its window, and its losses. */
    private void peerChanges(final ModelPeer peer) {
        peer.mss = in.oneOf(1_460, 536, 0, 1, 65_535, 9_000);
        peer.windowShift = in.oneOf(-1, 0, 7, 14, 15, 255);
        peer.timestamps = in.oneIn(2);
        peer.sack = in.oneIn(2);
        final int extra = in.below(4);
        peer.ecn = extra == 3;
        peer.fastOpen = extra == 1;
        peer.window = in.oneOf(65_535, 0, 1, 1_000, 10_000);
        peer.lossMask = in.oneIn(2) ? in.octet() : 0;
        say("the peer changes");
    }

    private void fragments(final ModelPeer peer) {
        final byte[] packet =
                in.oneIn(4) ? WildPackets.datagram(in) : WildPackets.segment(in, peer, tcb(peer), host.now());
        final List<byte[]> fragments = WildPackets.fragments(in, packet);
        say(fragments.size() + " fragments");
        fragments.forEach(host::receive);
    }

    // ---- The application

    private void write(final ModelPeer peer) {
        final Conversation conversation = host.applicationOf(peer);
        if (conversation != null) {
            final int length = in.oneOf(1, 100, 1_460, 5_000, 20_000, 100_000, 1 << 20);
            say("write " + length + " " + conversation);
            conversation.write(length, in.oneIn(8), host.now());
            host.settle();
        }
    }

    private void read(final ModelPeer peer) {
        final Conversation conversation = host.applicationOf(peer);
        if (conversation != null) {
            final int length = in.oneOf(100_000, 1, 100, 1_460, 5_000);
            say("read " + length + " " + conversation);
            conversation.read(length, in.oneIn(8), host.now());
            host.settle();
        }
    }

    private void end(final ModelPeer peer) {
        final Conversation conversation = host.applicationOf(peer);
        if (conversation == null) {
            return;
        }
        final int how = in.below(8);
        say("end " + how + " " + conversation);
        switch (how) {
            case 0, 1, 2 -> conversation.shutdownOutput(host.now());
            case 3 -> conversation.shutdownInput(host.now());
            case 4 -> conversation.abort(host.now());
            default -> conversation.close(host.now());
        }
        host.settle();
    }

    private void accept() {
        say("accept");
        host.accept();
    }

    private void connect(final ModelPeer peer) {
        if (peer.stack.port() == FuzzedHost.LISTENED && host.isListening()) {
            return;
        }
        say("connect " + peer.endpoint.port());
        final TcpConfig config = config();
        host.connect(peer, config, config.fastOpen() ? in.oneOf(0, 1, 1_000, 5_000) : 0);
    }

    private void listener() throws SocketErrorException {
        if (host.isListening() && in.oneIn(4)) {
            say("the listener goes");
            host.closeListener();
        } else {
            say("listen");
            host.listen(in.between(1, 4), config());
        }
    }

    private TcpConfig config() {
        final TcpConfig config = new TcpConfig();
        if (in.oneIn(2)) {
            return config;
        }
        final List<String> controls = new ArrayList<>(CongestionControls.BUILT_IN.names());
        return config.receiveBufferBytes(in.oneOf(1 << 20, 1, 100, 5_000, 65_535, 8 << 20))
                .sendBufferBytes(in.oneOf(1 << 20, 1, 1_000, 50_000))
                .maxSegment(in.oneOf(0, 1, 536, 1_000))
                .timestamps(in.oneIn(2))
                .windowScaling(in.oneIn(2))
                .noDelay(in.oneIn(2))
                .quickAck(in.oneIn(4))
                .keepAlive(in.oneIn(4))
                .sack(!in.oneIn(4))
                .ecn(in.any(EcnMode.values()))
                .synCookies(in.any(SynCookieMode.values()))
                .fastOpen(in.oneIn(2))
                .fastOpenQueue(in.oneOf(0, 4))
                .abortOnOverflow(in.oneIn(8))
                .maxPacingRate(in.oneOf(0, 0, 100_000))
                .congestionControl(controls.get(in.below(controls.size())));
    }

    private void options(final ModelPeer peer) {
        final Conversation conversation = host.applicationOf(peer);
        if (conversation == null) {
            return;
        }
        say("options");
        conversation
                .connection
                .config()
                .noDelay(in.oneIn(2))
                .quickAck(in.oneIn(2))
                .keepAlive(in.oneIn(2))
                .receiveBufferBytes(in.oneOf(1 << 20, 1, 1_000, 100_000))
                .sendBufferBytes(in.oneOf(1 << 20, 1, 1_000, 100_000))
                .userTimeoutNanos(in.oneOf(0, 1, 100) * SECONDS);
        conversation.connection.configChanged(host.now());
        host.settle();
    }

    private void udp() throws SocketErrorException {
        say("a datagram is sent or read");
        if (in.oneIn(2)) {
            host.drainUdp();
        } else {
            try {
                final Endpoint to = new Endpoint(in.any(TestHost.PEER, TestHost.OTHER), 1_000);
                host.udp.send(ByteBuffer.allocate(in.oneOf(0, 1, 1_472, 5_000)), to);
            } catch (final SocketErrorException e) {
                // The error of an earlier datagram, or no room.
            }
        }
        host.settle();
    }

    // ---- Everything else

    private void time() {
        final int much = in.below(32);
        final long nanos;
        if (much < 24) {
            nanos = in.below(256) * in.any(MICROS, MILLIS, 40 * MILLIS);
        } else if (much < 30) {
            nanos = in.oneOf(1, 3, 10, 60, 100) * SECONDS;
        } else {
            nanos = much == 30 ? 10_000 * SECONDS : 25 * DAYS;
        }
        say(nanos + " ns");
        if (in.oneIn(16)) {
            host.sleep(nanos);
        } else {
            host.advance(nanos);
        }
    }

    private void arp() {
        if (in.oneIn(4)) {
            host.arpSilent(in.oneIn(2));
        }
        if (host.isEthernet()) {
            say("ARP");
            host.receiveFrame(WildPackets.arp(in));
        }
    }

    private void garbage() {
        say("garbage");
        host.receiveFrame(in.bytes(in.below(100)));
    }

    /** Returns our own packet, as in the LAND attack. */
    private void reflected() {
        final List<byte[]> sent = host.lastPackets();
        if (!sent.isEmpty()) {
            receive("a packet of our own", sent.get(in.below(sent.size())));
        }
    }

    private void damaged(final ModelPeer peer) {
        final byte[] damaged = WildPackets.damaged(in, WildPackets.segment(in, peer, tcb(peer), host.now()));
        if (damaged != null) {
            say("damaged");
            host.receiveDamaged(damaged);
        }
    }

    private void room() {
        final int frames = in.oneOf(0, 1, 3, Integer.MAX_VALUE);
        say("room for " + frames);
        host.room(frames);
    }
}
