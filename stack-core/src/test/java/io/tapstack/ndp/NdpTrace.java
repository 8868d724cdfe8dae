package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.GroupMembership;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.Route;
import io.tapstack.ip.RouteTable;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.testing.TestLink;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Neighbor Discovery of one host on a {@link TestLink}, in virtual time. A test injects messages, advances time, and
 * reads the frames sent as text: {@code NS SOURCE > DESTINATION target TARGET}, then the options.
 */
final class NdpTrace {

    static final long MAC = 0x02_00_00_00_00_02L;
    static final long ROUTER_MAC = 0x02_00_00_00_00_01L;
    static final long OTHER_MAC = 0x02_00_00_00_00_99L;
    static final String ROUTER = "fe80::1";
    static final String ROUTER_B = "fe80::b";
    static final String PEER = "2001:db8::7";
    static final String ALL_NODES = "ff02::1";
    static final String UNSPECIFIED = "::";

    private static final long SECOND = 1_000_000_000L;

    final BufferPool pool = new BufferPool();
    final StackStatistics statistics = new StackStatistics();
    final TimerWheel wheel = new TimerWheel(0);
    final TestLink link = TestLink.ethernet();
    final NetworkInterface networkInterface = new NetworkInterface(link, MacAddress.of(MAC), pool, statistics);
    final AddressList addresses = new AddressList();
    final RouteTable routes = new RouteTable();
    final List<String> groups = new ArrayList<>();
    final List<Integer> mtus = new ArrayList<>();
    final List<String> unresolved = new ArrayList<>();
    final NdpProtocol ndp;
    private long now;

    NdpTrace(final NdpConfig config) {
        this.ndp = new NdpProtocol(
                networkInterface,
                addresses,
                routes,
                new GroupMembership() {
                    @Override
                    public void join(final IpAddress group) {
                        groups.add(group.toString());
                    }

                    @Override
                    public void leave(final IpAddress group) {
                        assertThat(groups.remove(group.toString()))
                                .as("left without a join")
                                .isTrue();
                    }
                },
                config,
                new SipHash(1, 2),
                pool,
                wheel,
                statistics,
                new SplittableRandom(42),
                new WaitingPackets() {
                    @Override
                    public void resolved(final PacketBuffer packet, final Neighbor neighbor) {
                        networkInterface.transmit(packet, 0x86DD, neighbor);
                    }

                    @Override
                    public void unresolved(final PacketBuffer packet, final long nowNanos) {
                        unresolved.add(Long.toString(nowNanos / SECOND));
                    }
                },
                mtus::add);
    }

    /** A host without routers and without a link-local address. */
    static NdpTrace bare() {
        return new NdpTrace(new NdpConfig(
                NdpConfig.DEFAULT.neighbors(), 1, false, false, false, false, true, NdpConfig.Limits.DEFAULT));
    }

    /** A host with the default configuration, 10 s after its start: its link-local address is in use. */
    static NdpTrace settled() {
        return settled(NdpConfig.DEFAULT);
    }

    static NdpTrace settled(final NdpConfig config) {
        final NdpTrace trace = new NdpTrace(config).start();
        trace.advanceSeconds(3);
        trace.sent();
        return trace;
    }

    NdpTrace start() {
        ndp.start();
        return this;
    }

    /** Adds a configured address that needs no check. */
    NdpTrace assigned(final String address) {
        addresses.add(
                new HostAddress(IpAddress.parse(address), 64, HostAddress.Origin.CONFIGURED, AddressState.PREFERRED));
        return this;
    }

    /** Adds a configured address that is checked. */
    HostAddress tentative(final String address) {
        final HostAddress added =
                new HostAddress(IpAddress.parse(address), 64, HostAddress.Origin.CONFIGURED, AddressState.TENTATIVE);
        addresses.add(added);
        return added;
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

    /** Advances to the next timer, and returns the seconds that passed. */
    double advanceToTimer() {
        final long before = now;
        now = wheel.nextDeadline();
        wheel.advance(now);
        return (now - before) / (double) SECOND;
    }

    // ---- Messages in

    void receive(final String source, final String destination, final NdpBytes message) {
        receive(source, destination, 255, false, message.array());
    }

    void receive(
            final String source,
            final String destination,
            final int hopLimit,
            final boolean fragmented,
            final byte[] message) {
        final IpAddress from = IpAddress.parse(source);
        final IpAddress to = IpAddress.parse(destination);
        final PacketBuffer packet = pool.packet(message, 54);
        final ReceivedPacket info = new ReceivedPacket();
        info.set(from.high(), from.low(), to.high(), to.low(), 58, 0, hopLimit, !to.isMulticast(), 14);
        info.reassembled(fragmented);
        ndp.receive(packet, info);
    }

    /** An advertisement of {@link #ROUTER} to all nodes. */
    void advertise(final NdpBytes message) {
        receive(ROUTER, ALL_NODES, message);
    }

    /** Asks for a neighbour's address with a packet of 40 bytes from {@code source}. */
    boolean send(final String source, final String destination) {
        final Neighbor neighbor = ndp.neighbors().neighbor(IpAddress.parse(destination));
        final PacketBuffer packet = pool.packet(BufferPool.SMALL, 14);
        final int ip = packet.append(40);
        final ByteBuffer bytes = packet.memory().bytes();
        bytes.putInt(ip, 6 << 28);
        bytes.put(ip + 6, (byte) 59);
        bytes.put(ip + 8, IpAddress.parse(source).toIpv6Bytes());
        bytes.put(ip + 24, IpAddress.parse(destination).toIpv6Bytes());
        if (neighbor.isUsable()) {
            networkInterface.transmit(packet, 0x86DD, neighbor);
            return true;
        }
        final boolean kept = neighbor.enqueue(packet);
        if (!kept) {
            packet.release();
        }
        return kept;
    }

    // ---- Messages out

    /** The frames sent since the last call. */
    List<String> sent() {
        final List<String> texts = new ArrayList<>();
        for (final byte[] frame : link.takeSent()) {
            texts.add(text(ByteBuffer.wrap(frame)));
        }
        return texts;
    }

    /** The raw frames sent since the last call. */
    List<byte[]> sentFrames() {
        return link.takeSent();
    }

    private static String address(final ByteBuffer frame, final int at) {
        return IpAddress.ipv6(frame.getLong(at), frame.getLong(at + 8)).toString();
    }

    private static String text(final ByteBuffer frame) {
        final int ip = 14;
        final int icmp = ip + 40;
        assertThat(frame.getShort(12) & 0xFFFF).as("EtherType").isEqualTo(0x86DD);
        final String ends = " " + address(frame, ip + 8) + " > " + address(frame, ip + 24);
        final String destinationMac = MacAddress.of(frame.getLong(0) >>> 16).toString();
        if (frame.get(ip + 6) != 58) {
            return "data" + ends + " to " + destinationMac;
        }
        final int length = frame.capacity() - icmp;
        assertThat(frame.getShort(ip + 4) & 0xFFFF).as("payload length").isEqualTo(length);
        assertThat(frame.get(ip + 7) & 0xFF).as("hop limit").isEqualTo(255);
        final long sum = InternetChecksum.sum(frame, ip + 8, 32) + length + 58;
        assertThat(InternetChecksum.finish(sum + InternetChecksum.sum(frame, icmp, length)))
                .as("checksum")
                .isZero();
        if ((frame.get(0) & 1) != 0) {
            assertThat(frame.getInt(2)).as("RFC 2464 7").isEqualTo(frame.getInt(ip + 36));
            assertThat(frame.getShort(0)).isEqualTo((short) 0x3333);
        }
        final StringBuilder text = new StringBuilder();
        int option = icmp + 24;
        switch (frame.get(icmp) & 0xFF) {
            case 133 -> {
                text.append("RS").append(ends);
                option = icmp + 8;
            }
            case 135 -> text.append("NS").append(ends).append(" target ").append(address(frame, icmp + 8));
            case 136 -> {
                final int flags = frame.getInt(icmp + 4) >>> 29;
                text.append("NA").append(ends).append(" target ").append(address(frame, icmp + 8));
                text.append(' ').append((flags & 4) != 0 ? "R" : "").append((flags & 2) != 0 ? "S" : "");
                text.append((flags & 1) != 0 ? "O" : flags == 0 ? "-" : "");
            }
            default -> throw new AssertionError("type " + frame.get(icmp));
        }
        for (; option < frame.capacity(); option += frame.get(option + 1) * 8) {
            text.append(
                    switch (frame.get(option)) {
                        case 1 -> " slla " + MacAddress.of(frame.getLong(option));
                        case 2 -> " tlla " + MacAddress.of(frame.getLong(option));
                        case 14 -> " nonce";
                        default -> throw new AssertionError("option " + frame.get(option));
                    });
        }
        if ((frame.get(0) & 1) == 0) {
            text.append(" to ").append(destinationMac);
        }
        return text.toString();
    }

    // ---- State

    @Nullable
    String router(final String destination) {
        final Route route = routes.lookup(IpAddress.parse(destination));
        return route == null
                ? "none"
                : route.gateway() == null ? "link" : route.gateway().toString();
    }

    Neighbor neighbor(final String address) {
        return Objects.requireNonNull(ndp.neighbors().find(IpAddress.parse(address)), "no entry for " + address);
    }

    boolean knows(final String address) {
        return ndp.neighbors().find(IpAddress.parse(address)) != null;
    }

    /** The one address of the host with this origin. */
    HostAddress only(final HostAddress.Origin origin) {
        final List<HostAddress> found = addresses.all().stream()
                .filter(address -> address.origin() == origin)
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    long drops(final DropReason reason) {
        return statistics.drops(reason);
    }

    void assertNothingLeaked() {
        ndp.stop();
        assertThat(pool.packetsInUse()).as("packets in use").isZero();
        assertThat(pool.regionsInUse()).as("regions in use").isZero();
        assertThat(wheel.armedTimers()).as("timers").isZero();
        assertThat(routes.routes()).as("routes").isEmpty();
    }
}
