package io.tapstack.ip.v4;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.event.DropReason;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.PathMtuCache;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.ip.RecordingTransport;
import io.tapstack.ip.SendStatus;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.IpV4Packet.IpV4Header;

/** Sending along a path: RFC 791 3.2, RFC 6864, RFC 1191. */
class FragmentationTest {

    private static final int PROTOCOL = 253;

    private static TestHost host(final int mtu) {
        return new TestHost(new TestLink(LinkCapabilities.plain(LinkType.ETHERNET, mtu))).settle();
    }

    private static IpPath path(final TestHost host) {
        return Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, TestHost.PEER));
    }

    private static PacketBuffer packet(final TestHost host, final byte[] payload) {
        final PacketBuffer packet = host.pool.packet(payload, path(host).headroom());
        return packet;
    }

    private static SendStatus send(final TestHost host, final int length, final boolean dontFragment) {
        return path(host).send(packet(host, Packets.pattern(length)), PROTOCOL, 0x20, 17, dontFragment);
    }

    private static IpV4Header header(final EthernetPacket frame) {
        return frame.get(IpV4Packet.class).getHeader();
    }

    @Test
    void headerHasAllItsFields() {
        final TestHost host = host(1_500);
        assertThat(send(host, 100, true)).isEqualTo(SendStatus.SENT);
        final EthernetPacket frame = host.sentOne();
        final IpV4Header header = header(frame);
        assertThat(header.getSrcAddr().getHostAddress()).isEqualTo("10.0.0.2");
        assertThat(header.getDstAddr().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(header.getTotalLengthAsInt()).isEqualTo(120);
        assertThat(header.getTtlAsInt()).isEqualTo(17);
        assertThat(header.getTos().value()).isEqualTo((byte) 0x20);
        assertThat(header.getProtocol().value()).isEqualTo((byte) PROTOCOL);
        assertThat(header.getDontFragmentFlag()).isTrue();
        assertThat(header.getIdentification()).as("RFC 6864 4.1: atomic").isZero();
        assertThat(header.hasValidChecksum(false)).isTrue();
        assertThat(frame.get(IpV4Packet.class).getPayload().getRawData()).isEqualTo(Packets.pattern(100));
        host.assertNothingLeaked();
    }

    @ParameterizedTest
    @ValueSource(ints = {68, 300, 576, 1_500, 9_000, 65_535})
    void whatIsCutComesTogetherAgainElsewhere(final int mtu) {
        final TestHost sender = host(mtu);
        // Lengths around the relevant multiples, up to the largest datagram.
        final int step = (mtu - 20) & ~7;
        for (final int length :
                new int[] {1, mtu - 20, mtu - 19, step, step + 1, 2 * step, 2 * step + 7, 10_000, 65_515}) {
            if (length > 65_515 || length / step > 250) {
                continue;
            }
            final byte[] payload = Packets.pattern(length);
            path(sender).send(packet(sender, payload), PROTOCOL, 0, 64, false);
            final List<byte[]> frames = new ArrayList<>(sender.link.takeSent());
            assertThat(frames).hasSize(length <= mtu - 20 ? 1 : (length + step - 1) / step);
            Collections.shuffle(frames, new Random(length));

            final TestHost receiver = new TestHost().settle();
            final RecordingTransport transport = new RecordingTransport();
            receiver.internet.register(PROTOCOL, transport);
            for (final byte[] frame : frames) {
                assertThat(frame.length).isLessThanOrEqualTo(14 + mtu);
                assertThat(header(TestHost.decode(frame)).hasValidChecksum(false))
                        .isTrue();
                receiver.receivePacket(readdressed(frame));
            }
            assertThat(transport.packets).as("%d bytes", length).hasSize(1);
            assertThat(transport.packets.get(0).payload()).isEqualTo(payload);
            receiver.assertNothingLeaked();
        }
        sender.assertNothingLeaked();
    }

    /** The packet of a frame of ours, with addresses as if the peer had sent it to us. */
    private static byte[] readdressed(final byte[] frame) {
        final byte[] packet = java.util.Arrays.copyOfRange(frame, 14, frame.length);
        ByteBuffer.wrap(packet).putInt(12, TestHost.PEER.ipv4Bits()).putInt(16, TestHost.ADDRESS.ipv4Bits());
        return Packets.withIpChecksum(packet);
    }

    @Test
    void slicesAreCutToo() {
        final TestHost host = host(576);
        final PacketBuffer packet = packet(host, Packets.pattern(33));
        final byte[] rest = Packets.pattern(5_000);
        final Region region = host.pool.region(BufferPool.BLOCK);
        region.bytes().put(7, rest);
        for (int at = 0; at < 5_000; at += 500) {
            packet.addSlice(region, 7 + at, 500);
        }
        region.release();
        final byte[] whole = packet.toArray();
        path(host).send(packet, PROTOCOL, 0, 64, false);
        final ByteBuffer joined = ByteBuffer.allocate(whole.length);
        for (final EthernetPacket frame : host.sent()) {
            assertThat(header(frame).getFragmentOffset() * 8).isEqualTo(joined.position());
            assertThat(header(frame).getMoreFragmentFlag()).isEqualTo(joined.position() + 552 < whole.length);
            joined.put(frame.get(IpV4Packet.class).getPayload().getRawData());
        }
        assertThat(joined.array()).isEqualTo(whole);
        host.assertNothingLeaked();
    }

    @Test
    void dontFragmentIsTooBig() {
        final TestHost host = host(1_500);
        assertThat(send(host, 1_480, true)).isEqualTo(SendStatus.SENT);
        assertThat(send(host, 1_481, true)).isEqualTo(SendStatus.TOO_BIG);
        assertThat(host.drops(DropReason.IP_FRAGMENTATION_NEEDED)).isEqualTo(1);
        assertThat(host.sent()).hasSize(1);
        host.assertNothingLeaked();
    }

    @Test
    void nothingIsLargerThanTheLengthFieldCanSay() {
        final TestHost host = host(1_500);
        assertThat(send(host, 65_516, false)).isEqualTo(SendStatus.TOO_BIG);
        assertThat(send(host, 65_515, false)).isEqualTo(SendStatus.SENT);
        host.assertNothingLeaked();
    }

    @Test
    void superSegmentsGoToADeviceThatCutsThem() {
        final TestHost host =
                new TestHost(new TestLink(new LinkCapabilities(LinkType.ETHERNET, 1_500, true, true, 65_535))).settle();
        final PacketBuffer large = packet(host, Packets.pattern(60_000));
        large.gsoSize(1_448);
        assertThat(path(host).send(large, PROTOCOL, 0, 64, true)).isEqualTo(SendStatus.SENT);
        assertThat(host.link.takeSent().get(0)).hasSize(14 + 20 + 60_000);
        assertThat(path(host).maxSegmentOffload()).isEqualTo(65_535);
        assertThat(path(host).checksumOffload()).isTrue();

        final TestHost plain = host(1_500);
        final PacketBuffer refused = packet(plain, Packets.pattern(60_000));
        refused.gsoSize(1_448);
        assertThat(path(plain).send(refused, PROTOCOL, 0, 64, true)).isEqualTo(SendStatus.TOO_BIG);
        plain.assertNothingLeaked();
        host.assertNothingLeaked();
    }

    @Test
    void aFullDeviceIsBackPressure() {
        final TestHost host = host(1_500);
        host.link.room(2);
        assertThat(send(host, 1_480, true)).isEqualTo(SendStatus.SENT);
        assertThat(send(host, 10_000, false)).isEqualTo(SendStatus.DEVICE_FULL);
        assertThat(send(host, 10, true)).isEqualTo(SendStatus.DEVICE_FULL);
        assertThat(host.statistics.drops()).isZero();
        host.assertNothingLeaked();
    }

    @Test
    void identificationsOfOneDestinationDoNotRepeat() { // RFC 6864 4.3
        final TestHost host = host(1_500);
        final Set<Short> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            send(host, 8, false);
        }
        for (final EthernetPacket frame : host.sent()) {
            assertThat(seen.add(header(frame).getIdentification())).isTrue();
            assertThat(header(frame).getDontFragmentFlag()).isFalse();
        }
    }

    // ---- Path MTU

    @Test
    void aReducedMtuIsUsedAtOnceAndForgottenAfterTenMinutes() { // RFC 1191 6.3
        final TestHost host = host(1_500);
        final IpPath path = path(host);
        path.reduceMtu(1_200);
        assertThat(path.mtu()).isEqualTo(1_200);
        assertThat(send(host, 1_181, true)).isEqualTo(SendStatus.TOO_BIG);
        assertThat(send(host, 1_180, true)).isEqualTo(SendStatus.SENT);
        path.reduceMtu(1_400);
        assertThat(path.mtu()).as("a larger value is not believed").isEqualTo(1_200);
        host.advanceSeconds(599);
        assertThat(path.mtu()).isEqualTo(1_200);
        host.advanceSeconds(1);
        assertThat(path.mtu()).isEqualTo(1_500);
    }

    @Test
    void aTinyMtuIsMetWithoutDontFragment() {
        final TestHost host = host(1_500);
        final IpPath path = path(host);
        path.reduceMtu(296);
        assertThat(path.mtu()).isEqualTo(PathMtuCache.MIN_MTU);
        host.link.takeSent();
        assertThat(send(host, 532, true)).isEqualTo(SendStatus.SENT);
        assertThat(header(host.sentOne()).getDontFragmentFlag()).isFalse();
        path.reduceMtu(10);
        assertThat(path.mtu()).as("nonsense is not believed").isEqualTo(PathMtuCache.MIN_MTU);
    }

    /** ip(7): the link takes 1,500 bytes, the path 1,200. */
    @ParameterizedTest
    @CsvSource({
        // policy, bytes of packet, frames (0: refused), "don't fragment"
        "DONT, 1200, 1, false",
        "DONT, 1201, 2, false",
        "WANT, 1200, 1, true",
        "WANT, 1201, 2, false",
        "DO, 1200, 1, true",
        "DO, 1201, 0, true",
        "PROBE, 1201, 1, true",
        "PROBE, 1500, 1, true",
        "PROBE, 1501, 0, true",
        "INTERFACE, 1500, 1, false",
        "INTERFACE, 1501, 0, false",
        "OMIT, 1500, 1, false",
        "OMIT, 1501, 2, false"
    })
    void policies(final PathMtuPolicy policy, final int bytes, final int frames, final boolean dontFragment) {
        final TestHost host = host(1_500);
        path(host).reduceMtu(1_200);
        host.link.takeSent();
        final SendStatus status = path(host).send(packet(host, Packets.pattern(bytes - 20)), PROTOCOL, 0, 64, policy);
        assertThat(status).isEqualTo(frames == 0 ? SendStatus.TOO_BIG : SendStatus.SENT);
        final List<EthernetPacket> sent = host.sent();
        assertThat(sent).hasSize(frames);
        assertThat(sent).allMatch(frame -> header(frame).getDontFragmentFlag() == dontFragment);
    }

    @Test
    void policiesHaveTheNumbersOfLinux() {
        assertThat(PathMtuPolicy.of(0)).isEqualTo(PathMtuPolicy.DONT);
        assertThat(PathMtuPolicy.of(2)).isEqualTo(PathMtuPolicy.DO);
        assertThat(PathMtuPolicy.of(5)).isEqualTo(PathMtuPolicy.OMIT);
        assertThat(PathMtuPolicy.of(6)).isNull();
        assertThat(PathMtuPolicy.of(-1)).isNull();
    }
}
