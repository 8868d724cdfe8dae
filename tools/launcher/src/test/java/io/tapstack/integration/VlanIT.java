package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.echo.EchoServer;
import io.tapstack.event.DropReason;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.testing.Packets;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.MacAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A station that tags its frames (IEEE 802.1Q), behind a bridge of the kernel's. With offload its checksums and
 * super-segments reach the stack unfinished, and the offsets in the virtio header count the tag.
 */
@Timeout(60)
class VlanIT {

    private static final MacAddress STATION_MAC = MacAddress.parse("02:00:00:00:00:77");
    private static final int ETHERNET = 14;
    private static final int TAG = 4;
    private static final int IP = 20;
    private static final int TCP = 20;
    private static final int PORT = 7_000;
    private static final int MSS = 1_460;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int RST = 4;

    private final BufferPool pool = new BufferPool();
    private TestNetwork network;
    private TapDevice station;
    private IpAddress ours;
    private IpAddress stack;
    private MacAddress stackMac = MacAddress.BROADCAST;

    private void open(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        stack = IpAddress.of(network.address().getAddress());
        ours = IpAddress.ipv4(stack.ipv4Bits() + 1);
        final TapConfig config = TapConfig.named("station").withMtu(1_500);
        station = TapDevice.open(offload == Offload.ON ? config : config.withoutOffload());
        HostPrograms.script("""
                ip link add vlanit type bridge mcast_snooping 0
                ip link set station master vlanit
                ip link set %s master vlanit
                ip link set station up
                ip link set vlanit up
                """.formatted(network.tap()));
    }

    @AfterEach
    void close() throws Exception {
        station.close();
        HostPrograms.run("ip", "link", "del", "vlanit");
        network.close();
    }

    /** Sends a frame with the EtherTypes that stand in {@code types}, tags first. */
    private void send(final ByteBuffer types, final byte[] packet, final int checksumStart, final int checksumOffset)
            throws Exception {
        final byte[] frame = ByteBuffer.allocate(12 + types.remaining() + packet.length)
                .put(bytes(stackMac))
                .put(bytes(STATION_MAC))
                .put(types.duplicate())
                .put(packet)
                .array();
        final PacketBuffer buffer = pool.packet(frame, 32);
        if (checksumOffset > 0 && station.capabilities().txChecksum()) {
            final int at = buffer.head() + frame.length - packet.length + checksumStart;
            // What the device completes: the sum of the pseudo-header.
            final int length = packet.length - checksumStart;
            final int pseudoHeader = Packets.transportChecksum(ours, stack, packet[9], new byte[0]);
            final int sum = (~pseudoHeader & 0xFFFF) + length;
            buffer.memory().bytes().putShort(at + checksumOffset, (short) (sum > 0xFFFF ? sum - 0xFFFF : sum));
            buffer.requestChecksum(at, checksumOffset);
            if (frame.length > 1_500 + ETHERNET + TAG) {
                buffer.gsoSize(MSS);
            }
        }
        assertThat(station.transmit(buffer)).isTrue();
        station.flush();
        buffer.release();
    }

    private static byte[] bytes(final MacAddress mac) {
        return Arrays.copyOfRange(ByteBuffer.allocate(8).putLong(mac.bits()).array(), 2, 8);
    }

    /** The bytes from the source's EtherType on. */
    private static ByteBuffer types(final int... types) {
        final ByteBuffer bytes = ByteBuffer.allocate(2 * types.length);
        for (final int type : types) {
            bytes.putShort((short) type);
        }
        return bytes.flip();
    }

    private static ByteBuffer tagged(final int etherType) {
        return types(0x8100, 0xE000, etherType);
    }

    /**
     * The next frame from the stack that is what the test waits for, without the Ethernet header; null after
     * {@code seconds}.
     */
    private byte @Nullable [] receive(final Predicate<byte[]> wanted, final int seconds) throws Exception {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (end - System.nanoTime() > 0) {
            final PacketBuffer buffer = station.receive(pool);
            if (buffer == null) {
                station.await(Math.max(1, end - System.nanoTime()));
                continue;
            }
            final byte[] frame = buffer.toArray();
            buffer.release();
            final boolean forUs = Arrays.equals(frame, 0, 6, bytes(STATION_MAC), 0, 6);
            if (forUs && wanted.test(frame)) {
                return Arrays.copyOfRange(frame, ETHERNET, frame.length);
            }
        }
        return null;
    }

    private static Predicate<byte[]> ip(final int protocol) {
        return frame -> frame[12] == 8 && frame[13] == 0 && frame[ETHERNET + 9] == protocol;
    }

    private byte[] packet(final int protocol, final byte[] payload) {
        return Packets.ipv4(ours, stack, protocol, payload);
    }

    private byte[] ping(final int length) {
        return packet(IpProtocol.ICMP, Packets.icmp(8, 0, 0x0007_0001, Packets.pattern(length)));
    }

    private void learnMac() throws Exception {
        send(tagged(0x0806), Packets.arp(Packets.ARP_REQUEST, STATION_MAC, ours, MacAddress.ZERO, stack), 0, 0);
        final byte[] reply = receive(frame -> frame[12] == 8 && frame[13] == 6 && frame[ETHERNET + 7] == 2, 10);
        assertThat(reply).as("an ARP reply").isNotNull();
        final long mac = ByteBuffer.wrap(reply).getLong(8) >>> 16;
        stackMac = MacAddress.of(mac);
    }

    @ParameterizedTest
    @EnumSource
    void priorityTaggedFramesAreAnswered(final Offload offload) throws Exception {
        open(offload);
        learnMac();
        for (final ByteBuffer types :
                new ByteBuffer[] {tagged(0x0800), types(0x8100, 0, 0x8100, 0x2000, 0x0800), types(0x88A8, 0, 0x0800)}) {
            send(types, ping(1_472), 0, 0); // as much as one packet holds
            final byte[] reply = receive(ip(IpProtocol.ICMP), 10);
            assertThat(reply).as("a reply, without a tag").isNotNull().hasSize(1_500);
        }
        try (EchoServer server = EchoServer.start(network.transport(), new InetSocketAddress(network.address(), 0))) {
            final byte[] udp = Packets.udp(ours, 40_000, stack, server.address().getPort(), Packets.pattern(1_000));
            send(tagged(0x0800), packet(IpProtocol.UDP, udp), IP, 6);
            final byte[] reply = receive(ip(IpProtocol.UDP), 10);
            assertThat(reply).isNotNull();
            assertThat(Arrays.copyOfRange(reply, IP + 8, reply.length)).isEqualTo(Packets.pattern(1_000));
        }
    }

    /** With offload the 20 segments come as one. */
    @ParameterizedTest
    @EnumSource
    void priorityTaggedSegmentsArrive(final Offload offload) throws Exception {
        open(offload);
        learnMac();
        try (EchoServer server =
                EchoServer.start(network.transport(), new InetSocketAddress(network.address(), PORT))) {
            tcp(1_000, 0, SYN, new byte[0]);
            final byte[] synAck = receive(ip(IpProtocol.TCP), 10);
            assertThat(synAck).isNotNull();
            final int seq = ByteBuffer.wrap(synAck).getInt(IP + 4) + 1;
            tcp(1_001, seq, ACK, new byte[0]);
            final byte[] data = Packets.pattern(20 * MSS);
            if (offload == Offload.ON) {
                tcp(1_001, seq, ACK, data);
            } else {
                for (int from = 0; from < data.length; from += MSS) {
                    tcp(1_001 + from, seq, ACK, Arrays.copyOfRange(data, from, from + MSS));
                }
            }
            final byte[] all = receive(
                    ip(IpProtocol.TCP)
                            .and(frame -> ByteBuffer.wrap(frame).getInt(ETHERNET + IP + 8) == 1_001 + data.length),
                    10);
            assertThat(all).as("all is acknowledged").isNotNull();
            assertThat(network.drops(DropReason.TCP_CHECKSUM)).isZero();
            tcp(1_001 + data.length, seq, RST, new byte[0]);
        }
    }

    private void tcp(final int seq, final int ack, final int flags, final byte[] payload) throws Exception {
        final byte[] segment = Packets.tcp(
                new Endpoint(ours, 40_000),
                new Endpoint(stack, PORT),
                seq,
                ack,
                flags,
                65_535,
                0,
                new byte[0],
                payload);
        send(tagged(0x0800), packet(IpProtocol.TCP, segment), IP, TCP - 4);
    }

    @ParameterizedTest
    @EnumSource
    void otherVlansAreNotOurs(final Offload offload) throws Exception {
        open(offload);
        learnMac();
        final long before = network.drops(DropReason.ETHERNET_VLAN);
        send(types(0x8100, 5, 0x0800), ping(100), 0, 0);
        send(types(0x8100, 0, 0x8100, 0xE005, 0x0800), ping(100), 0, 0);
        send(tagged(0x0800), ping(56), 0, 0);
        assertThat(receive(ip(IpProtocol.ICMP), 10))
                .as("the reply to the last")
                .isNotNull()
                .hasSize(84);
        assertThat(network.drops(DropReason.ETHERNET_VLAN)).isEqualTo(before + 2);
    }
}
