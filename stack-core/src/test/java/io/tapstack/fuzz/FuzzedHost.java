package io.tapstack.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A stack in virtual time with peers and applications around it. After each event the stack comes to rest and all
 * invariants are checked.
 */
final class FuzzedHost {

    static final IpAddress ADDRESS = TestHost.ADDRESS;
    static final int LISTENED = 80;
    static final int UDP_PORT = 7;

    private static final long START = 1_000_000_000_000L;
    private static final long HOUR = 3_600_000_000_000L;
    private static final int PREFIX = 24;
    private static final int ETHERNET_HEADER = 14;

    /** Polls after which a stack without new events must be at rest. */
    private static final int MOST_POLLS = 2_000;

    /**
     * Segments without payload that one frame may cause: an ACK and a FIN of each of two connections, and one for luck.
     */
    private static final int MOST_ANSWERS = 5;

    private static final int PACKETS_KEPT = 16;

    final NetworkStack stack;
    final UdpEndpoint udp;
    final List<ModelPeer> peers = new ArrayList<>();
    private final TestLink link;
    private final LinkCapabilities capabilities;
    private final Map<TcpConnection, Conversation> conversations = new LinkedHashMap<>();
    private final List<Conversation> past = new ArrayList<>();
    private final Map<Integer, TcpBinding> bindings = new LinkedHashMap<>();
    private final ArrayDeque<byte[]> arpReplies = new ArrayDeque<>();
    private final ArrayDeque<byte[]> lastPackets = new ArrayDeque<>();
    private final List<CapturedSegment> justSent = new ArrayList<>();
    private @Nullable TcpListener listener;
    private boolean arpSilent;
    private boolean arpAsked;
    private long now = START;

    FuzzedHost(final LinkCapabilities capabilities, final long memoryLimitBytes) {
        this.capabilities = capabilities;
        link = new TestLink(capabilities);
        stack = new NetworkStack(
                link,
                StackConfig.of(new InterfaceAddress(ADDRESS, PREFIX), new SplittableRandom(1))
                        .withMac(TestHost.MAC)
                        .withGateway(TestHost.PEER)
                        .withMemoryLimit(memoryLimitBytes),
                now);
        udp = stack.udp().open();
        try {
            udp.bind(Endpoint.anyIpv4(UDP_PORT));
        } catch (final SocketErrorException e) {
            throw new AssertionError(e);
        }
        udp.receiveLimitBytes(20_000);
        for (int i = 0; i < 4; i++) {
            final IpAddress address = i == 3 ? IpAddress.parse("192.0.2.9") : i == 2 ? TestHost.OTHER : TestHost.PEER;
            peers.add(new ModelPeer(
                    new Endpoint(address, 40_000 + i), new Endpoint(ADDRESS, i < 2 ? LISTENED : 1_000 + i)));
        }
        settle();
    }

    long now() {
        return now;
    }

    boolean isEthernet() {
        return capabilities.type() == LinkType.ETHERNET;
    }

    // ---- Time

    /** Lets time pass, stopping at every timer as a driver does. */
    void advance(final long nanos) {
        final long until = now + nanos;
        for (int stops = 0; stops < MOST_POLLS; stops++) {
            final long next = stack.nextDeadline();
            if (next == Long.MAX_VALUE || next - until > 0) {
                break;
            }
            now = Math.max(now, next);
            settle();
            check();
        }
        now = until;
        settle();
    }

    /** As {@link #advance}, but without polling the stack meanwhile. */
    void sleep(final long nanos) {
        now += nanos;
        settle();
    }

    // ---- The wire

    /** An IPv4 packet arrives. */
    void receive(final byte[] packet) {
        receiveFrame(framed(packet), isReset(packet));
    }

    /** A damaged IPv4 packet arrives. */
    void receiveDamaged(final byte[] packet) {
        receiveFrame(framed(packet), false);
    }

    private byte[] framed(final byte[] packet) {
        return isEthernet() ? Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x0800, packet) : packet;
    }

    /** A frame arrives, of any kind. */
    void receiveFrame(final byte[] frame) {
        receiveFrame(frame, false);
    }

    private void receiveFrame(final byte[] frame, final boolean reset) {
        settle();
        justSent.clear();
        arpAsked = isEthernet() && frame.length >= ETHERNET_HEADER && etherType(frame) == 0x0806;
        link.inject(frame);
        settle();
        if (arpAsked) {
            // Packets that waited for an address were sent with the rest.
            return;
        }
        final long answers = justSent.stream()
                .filter(segment -> segment.payload().length == 0)
                .count();
        assertThat(answers).as("answers to one frame: %s", justSent).isLessThanOrEqualTo(MOST_ANSWERS);
        if (reset) {
            // RFC 9293 3.5.2, RFC 5961 3.2: silence, or a challenge ACK.
            assertThat(justSent)
                    .as("answers to a reset")
                    .hasSizeLessThanOrEqualTo(1)
                    .allMatch(CapturedSegment::isPureAck);
        }
    }

    /** True for a whole TCP segment with RST. */
    private static boolean isReset(final byte[] packet) {
        final int headerLength = (packet[0] & 0xF) * 4;
        return packet[9] == IpProtocol.TCP
                && (packet[6] & 0x3F) == 0
                && packet[7] == 0
                && packet.length > headerLength + TcpHeader.FLAGS_OFFSET
                && (packet[headerLength + TcpHeader.FLAGS_OFFSET] & TcpHeader.RST) != 0;
    }

    /** Lets the device take {@code frames} more frames. */
    void room(final int frames) {
        link.room(frames);
        settle();
    }

    /** Turns answers to the stack's ARP requests off or on. */
    void arpSilent(final boolean silent) {
        arpSilent = silent;
    }

    /** The last IPv4 packets of the stack. */
    List<byte[]> lastPackets() {
        return List.copyOf(lastPackets);
    }

    // ---- The application

    void listen(final int backlog, final TcpConfig config) throws SocketErrorException {
        if (listener == null) {
            listener = stack.tcp().listen(binding(LISTENED), backlog, config);
        } else {
            listener.backlog(backlog);
        }
        settle();
    }

    void closeListener() {
        if (listener != null) {
            listener.close(now);
            listener = null;
            settle();
        }
    }

    boolean isListening() {
        return listener != null;
    }

    /** Accepts all waiting connections. */
    void accept() {
        while (listener != null) {
            final TcpConnection accepted = listener.accept();
            if (accepted == null) {
                return;
            }
            conversation(accepted).handOut();
        }
    }

    /** @param length of the first write: with a Fast Open cookie it goes with the SYN */
    void connect(final ModelPeer peer, final TcpConfig config, final int length) {
        final ByteBuffer data = Conversation.firstBytes(length);
        try {
            final TcpConnection opened = stack.tcp()
                    .connect(binding(peer.stack.port()), peer.endpoint, config, ConnectionObserver.NONE, data, now);
            conversation(opened).handOut(data.position());
        } catch (final SocketErrorException e) {
            // There is a connection already.
        }
        settle();
    }

    private TcpBinding binding(final int port) throws SocketErrorException {
        final TcpBinding present = bindings.get(port);
        if (present != null) {
            return present;
        }
        final TcpBinding made = stack.tcp().bind(new Endpoint(ADDRESS, port), true);
        bindings.put(port, made);
        return made;
    }

    /** The present conversation with {@code peer}, or the last one, or null. */
    @Nullable
    Conversation conversationWith(final ModelPeer peer) {
        Conversation found = null;
        for (final Conversation conversation : conversations.values()) {
            final boolean later = found == null || found.connection.state() == TcpState.CLOSED;
            found = conversation.peer == peer && later ? conversation : found;
        }
        return found;
    }

    /** The application's connection with {@code peer}, if it has one. */
    @Nullable
    Conversation applicationOf(final ModelPeer peer) {
        Conversation found = null;
        for (final Conversation conversation : conversations.values()) {
            found = conversation.peer == peer && conversation.isHandedOut() ? conversation : found;
        }
        return found;
    }

    // ---- At rest

    /** Polls the stack until it is at rest. */
    void settle() {
        int polls = 0;
        boolean more = true;
        while (more) {
            try {
                more = stack.poll(now);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
            notice();
            hear();
            while (!arpReplies.isEmpty()) {
                link.inject(arpReplies.remove());
                more = true;
            }
            more |= stack.isPollWanted();
            assertThat(polls++).as("polls, and no rest").isLessThan(MOST_POLLS);
        }
    }

    /** Finds new connections. */
    private void notice() {
        for (final TcpConnection connection : stack.tcp().connections()) {
            conversation(connection);
        }
    }

    private Conversation conversation(final TcpConnection connection) {
        final Conversation known = conversations.get(connection);
        if (known != null) {
            return known;
        }
        for (final ModelPeer peer : peers) {
            if (peer.endpoint.equals(connection.remote()) && peer.stack.equals(connection.local())) {
                final Conversation made = new Conversation(connection, peer);
                conversations.put(connection, made);
                return made;
            }
        }
        throw new AssertionError("a connection with nobody: " + connection);
    }

    /** Records the segments that the stack has sent. */
    private void hear() {
        for (final byte[] frame : link.takeSent()) {
            if (!isEthernet()) {
                hearPacket(frame);
            } else if (etherType(frame) == 0x0806) {
                hearArp(frame);
            } else {
                assertThat(etherType(frame)).as("EtherType").isEqualTo(0x0800);
                hearPacket(Arrays.copyOfRange(frame, ETHERNET_HEADER, frame.length));
            }
        }
    }

    private static int etherType(final byte[] frame) {
        return (frame[12] & 0xFF) << 8 | frame[13] & 0xFF;
    }

    private void hearArp(final byte[] frame) {
        arpAsked = true;
        final ByteBuffer arp = ByteBuffer.wrap(frame, ETHERNET_HEADER, frame.length - ETHERNET_HEADER)
                .slice();
        final IpAddress target = IpAddress.ipv4(arp.getInt(24));
        final boolean wanted = arp.getShort(6) == 1 && (target.equals(TestHost.PEER) || target.equals(TestHost.OTHER));
        if (wanted && !arpSilent) {
            arpReplies.add(TestHost.arpReply(TestHost.PEER_MAC, target));
        }
    }

    private void hearPacket(final byte[] packet) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final int headerLength = (packet[0] & 0xF) * 4;
        assertThat(bytes.getShort(2) & 0xFFFF).as("total length").isEqualTo(packet.length);
        assertThat(Packets.checksum(packet, 0, headerLength, 0))
                .as("IP checksum")
                .isZero();
        assertThat(IpAddress.ipv4(bytes.getInt(12))).as("source").isEqualTo(ADDRESS);
        assertThat(packet.length)
                .as("length of a packet")
                .isLessThanOrEqualTo(Math.max(capabilities.mtu(), capabilities.maxSegmentOffload()));
        lastPackets.addFirst(packet);
        if (lastPackets.size() > PACKETS_KEPT) {
            lastPackets.removeLast();
        }
        if (packet[9] != IpProtocol.TCP || (bytes.getShort(6) & 0x3FFF) != 0) {
            return;
        }
        final CapturedSegment segment = CapturedSegment.read(packet, headerLength);
        if (!capabilities.txChecksum()) {
            assertThat(Packets.transportChecksum(
                            ADDRESS,
                            segment.destination(),
                            IpProtocol.TCP,
                            Arrays.copyOfRange(packet, headerLength, packet.length)))
                    .as("TCP checksum")
                    .isZero();
        }
        hearSegment(segment);
    }

    private void hearSegment(final CapturedSegment segment) {
        justSent.add(segment);
        for (final ModelPeer peer : peers) {
            if (peer.endpoint.address().equals(segment.destination())
                    && peer.endpoint.port() == segment.destinationPort()
                    && peer.stack.port() == segment.sourcePort()) {
                peer.heard(segment);
                checkSent(segment, peer);
            }
        }
    }

    // ---- The checks

    /** Data and FINs belong to a connection, though perhaps not to the one that has the 4-tuple now. */
    private void checkSent(final CapturedSegment segment, final ModelPeer peer) {
        if (segment.payload().length == 0 && !segment.has(TcpHeader.FIN)) {
            return;
        }
        // A segment that waits for a neighbour's address may be sent after the end of its connection. The latest first:
        // within a tick of the ISN's clock the next incarnation has the same ISN.
        final List<Conversation> all = new ArrayList<>(past);
        all.addAll(conversations.values());
        Collections.reverse(all);
        for (final Conversation conversation : all) {
            if (conversation.peer == peer && conversation.isInStream(segment)) {
                conversation.checkSent(segment);
                return;
            }
        }
        throw new AssertionError("no part of what was written: " + segment + ", " + all);
    }

    /** The invariants while the stack is at rest. */
    void check() {
        for (final Iterator<Conversation> each = conversations.values().iterator(); each.hasNext(); ) {
            final Conversation conversation = each.next();
            conversation.check();
            if (conversation.isForgotten()) {
                each.remove();
                past.add(conversation);
            }
        }
    }

    /** All connections end. At the end no connection, no memory and no timer is left. */
    void end() {
        room(Integer.MAX_VALUE);
        closeListener();
        for (final Conversation conversation : conversations.values()) {
            if (conversation.isHandedOut()) {
                conversation.close(now);
            }
        }
        settle();
        check();
        drainUdp();
        udp.close();
        // Orphans end within their retransmissions, or zero-window probes, whose interval grows to two minutes.
        for (int hours = 0; hours < 3 && !stack.tcp().connections().isEmpty(); hours++) {
            advance(HOUR);
            check();
        }
        assertThat(stack.tcp().connections()).as("connections left").isEmpty();
        advance(HOUR);
        assertThat(stack.tcp().timeWaitCount()).as("records left").isZero();
        down();
    }

    /** Closes the stack in its present state. */
    void down() {
        final List<Conversation> all = List.copyOf(conversations.values());
        stack.close(now);
        drainUdp();
        udp.close();
        for (final Conversation conversation : all) {
            if (conversation.isHandedOut()) {
                conversation.close(now);
            }
        }
        settle();
        assertThat(stack.tcp().connections()).as("connections left").isEmpty();
        assertThat(stack.pool().packetsInUse()).as("packets left").isZero();
        assertThat(stack.pool().regionsInUse()).as("blocks left").isZero();
        assertThat(stack.pool().bytesInUse()).as("bytes left").isZero();
        assertThat(stack.timers().armedTimers()).as("timers left").isZero();
    }

    void drainUdp() {
        try {
            for (Datagram datagram = udp.receive(); datagram != null; datagram = udp.receive()) {
                datagram.release();
            }
        } catch (final SocketErrorException e) {
            // An ICMP error, reported once.
        }
    }
}
