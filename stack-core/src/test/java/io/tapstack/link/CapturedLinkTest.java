package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.testing.Packets;
import io.tapstack.testing.PcapngReader;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.UdpPacket;

class CapturedLinkTest {

    private static final IpAddress FROM = IpAddress.parse("10.0.0.1");
    private static final IpAddress TO = IpAddress.parse("10.0.0.2");
    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;
    private static final long EPOCH = 1_700_000_000_000_000_000L;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final Frames frames = new Frames();
    private final TestLink device = TestLink.ethernet();
    private long now = 1_000;

    private CapturedLink captured(final LinkDevice link, final OutputStream sink) {
        return new CapturedLink(link, new PcapngWriter(sink), "tap0", () -> now, EPOCH);
    }

    @Test
    void capturesBothDirectionsWithTheirTimes() throws IOException {
        final CapturedLink link = captured(device, file);
        frames.send(link, 1, 61);
        now = 2_500;
        device.inject(Frames.numbered(2, 1_514));
        assertThat(frames.receiveNumbers(link)).containsExactly(2);
        link.close();

        final PcapngReader capture = new PcapngReader(file.toByteArray());
        assertThat(capture.interfaces).containsExactly(new PcapngReader.Interface(1, 69_632, "tap0", 9));
        assertThat(capture.packets).hasSize(2);
        final PcapngReader.Packet sent = capture.packets.get(0);
        assertThat(sent.bytes()).isEqualTo(device.takeSent().get(0));
        assertThat(sent.flags()).isEqualTo(OUTBOUND);
        assertThat(sent.time()).isEqualTo(EPOCH + 1_000);
        final PcapngReader.Packet received = capture.packets.get(1);
        assertThat(received.bytes()).isEqualTo(Frames.numbered(2, 1_514));
        assertThat(received.flags()).isEqualTo(INBOUND);
        assertThat(received.time()).isEqualTo(EPOCH + 2_500);
        assertThat(received.originalLength()).isEqualTo(1_514);
    }

    @Test
    void capturesIpPacketsOfALinkWithoutEthernet() throws IOException, IllegalRawDataException {
        final TestLink ip = new TestLink(LinkCapabilities.plain(LinkType.IP, 1_500));
        final CapturedLink link = captured(ip, file);
        final byte[] payload = Packets.pattern(333);
        ip.inject(Packets.ipv4(FROM, TO, 17, Packets.udp(FROM, 1_234, TO, 53, payload)));
        frames.receive(link);
        link.close();

        final PcapngReader capture = new PcapngReader(file.toByteArray());
        assertThat(capture.interfaces.get(0).linkType()).isEqualTo(101);
        final byte[] bytes = capture.packets.get(0).bytes();
        final IpV4Packet packet = IpV4Packet.newPacket(bytes, 0, bytes.length);
        assertThat(packet.getHeader().getDstAddr().getHostAddress()).isEqualTo("10.0.0.2");
        final UdpPacket udp = packet.get(UdpPacket.class);
        assertThat(udp.getHeader().getDstPort().valueAsInt()).isEqualTo(53);
        assertThat(udp.getPayload().getRawData()).isEqualTo(payload);
    }

    @Test
    void capturesASuperSegmentWholeAndGathersItsSlices() throws IOException {
        final CapturedLink link = captured(device, file);
        final BufferPool pool = new BufferPool();
        final PacketBuffer frame = pool.packet(BufferPool.SMALL, 20);
        frame.memory().bytes().put(frame.append(54), Packets.pattern(54));
        for (int i = 0; i < 5; i++) {
            final Region region = pool.region(BufferPool.BLOCK);
            region.bytes().put(1, Packets.pattern(13_001));
            frame.addSlice(region, 1, 13_001);
            region.release();
        }
        link.transmit(frame);
        link.close();

        final PcapngReader.Packet packet = new PcapngReader(file.toByteArray()).packets.get(0);
        assertThat(packet.bytes()).hasSize(54 + 5 * 13_001).isEqualTo(frame.toArray());
        frame.release();
    }

    @Test
    void bytesThatAreNotThereAnyMoreAreZeros() throws IOException {
        final CapturedLink link = captured(device, file);
        final BufferPool pool = new BufferPool();
        final PacketBuffer frame = pool.packet(BufferPool.SMALL, 0);
        frame.memory().bytes().put(frame.append(14), Packets.pattern(14));
        frame.addSlice(new CutShort(), 0, 100);
        link.transmit(frame);
        link.close();
        final byte[] bytes = new PcapngReader(file.toByteArray()).packets.get(0).bytes();
        assertThat(bytes).hasSize(114).startsWith(Packets.pattern(14)).endsWith(new byte[60]);
        assertThat(bytes[14 + 39]).isEqualTo((byte) 7);
    }

    /** A file of 100 bytes that has 40 now. */
    private static final class CutShort extends Region {
        CutShort() {
            super(ByteBuffer.allocate(100));
        }

        @Override
        public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
            for (int i = 0; i < 40; i++) {
                target.put(targetOffset + i, (byte) 7);
            }
            return 40;
        }

        @Override
        protected void recycle() {}
    }

    @Test
    void keepsNoMoreThanTheSnapLength() throws IOException {
        final CapturedLink link = new CapturedLink(device, new PcapngWriter(file, 66), "a", () -> now, 0);
        frames.send(link, 1, 1_000);
        frames.send(link, 2, 30);
        link.close();
        final PcapngReader capture = new PcapngReader(file.toByteArray());
        assertThat(capture.interfaces.get(0).snapLength()).isEqualTo(66);
        assertThat(capture.packets.get(0).bytes()).hasSize(66);
        assertThat(capture.packets.get(0).originalLength()).isEqualTo(1_000);
        assertThat(capture.packets.get(1).bytes()).hasSize(30);
    }

    @Test
    void refusedFrameIsNotOnTheWire() throws IOException {
        final CapturedLink link = captured(device, file);
        device.room(0);
        assertThat(frames.send(link, 1, 100)).isFalse();
        link.close();
        assertThat(new PcapngReader(file.toByteArray()).packets).isEmpty();
    }

    @Test
    void moreThanTheBufferHolds() throws IOException {
        final CapturedLink link = captured(device, file);
        for (int number = 0; number < 2_000; number++) {
            frames.send(link, number, 60 + number % 1_400);
        }
        link.close();
        final PcapngReader capture = new PcapngReader(file.toByteArray());
        assertThat(capture.packets).hasSize(2_000);
        assertThat(capture.packets).map(PcapngReader.Packet::bytes).containsExactlyElementsOf(device.takeSent());
    }

    @Test
    void fileGrowsWhileItIsWatched() throws IOException {
        final CapturedLink link = captured(device, file);
        frames.send(link, 1, 100);
        now += 300_000_000L;
        frames.send(link, 2, 100);
        assertThat(link.nextEvent()).as("a second after the first").isEqualTo(1_000_001_000L);
        link.advance(link.nextEvent());
        assertThat(new PcapngReader(file.toByteArray()).packets).hasSize(2);
        assertThat(link.nextEvent()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void severalLinksShareAFile() throws IOException {
        final PcapngWriter writer = new PcapngWriter(file);
        final VirtualCable cable = new VirtualCable(
                LinkCapabilities.plain(LinkType.IP, 1_500), LinkCapabilities.plain(LinkType.IP, 1_500), 10);
        final CapturedLink left = new CapturedLink(cable.left(), writer, "left", () -> now, 0);
        final CapturedLink right = new CapturedLink(cable.right(), writer, "right", () -> now, 0);
        frames.send(left, 1, 40);
        frames.receive(right);
        left.close();
        right.close();
        final PcapngReader capture = new PcapngReader(file.toByteArray());
        assertThat(capture.interfaces).map(PcapngReader.Interface::name).containsExactly("left", "right");
        assertThat(capture.packets).map(PcapngReader.Packet::interfaceNumber).containsExactly(0, 1);
        assertThat(capture.packets).map(PcapngReader.Packet::flags).containsExactly(OUTBOUND, INBOUND);
    }

    @Test
    void brokenSinkEndsTheCaptureAndNotTheTraffic() throws IOException {
        final OutputStream broken = new OutputStream() {
            @Override
            public void write(final int b) throws IOException {
                throw new IOException("no space left");
            }
        };
        final CapturedLink link = captured(device, broken);
        for (int number = 0; number < 1_000; number++) {
            assertThat(frames.send(link, number, 1_000)).isTrue();
        }
        link.advance(Long.MAX_VALUE / 2);
        assertThat(device.takeSent()).hasSize(1_000);
        assertThat(link.nextEvent()).isEqualTo(Long.MAX_VALUE);
        link.close();
    }

    @Test
    void tsharkAgrees(@TempDir final Path directory) throws IOException, InterruptedException {
        assumeTrue(isInstalled("tshark"), "tshark is not installed");
        final Path path = directory.resolve("capture.pcapng");
        final TestLink ip = new TestLink(LinkCapabilities.plain(LinkType.IP, 1_500));
        final CapturedLink link = captured(ip, Files.newOutputStream(path));
        now = 123_456_789L;
        ip.inject(Packets.ipv4(FROM, TO, 17, Packets.udp(FROM, 1_234, TO, 4_321, Packets.pattern(77))));
        frames.receive(link);
        link.close();
        final Process tshark = new ProcessBuilder(
                        "tshark",
                        "-r",
                        path.toString(),
                        "-T",
                        "fields",
                        "-E",
                        "separator=,",
                        "-e",
                        "frame.time_epoch",
                        "-e",
                        "frame.interface_name",
                        "-e",
                        "ip.src",
                        "-e",
                        "udp.dstport",
                        "-e",
                        "udp.length")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        final String lines = new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tshark.waitFor()).isZero();
        assertThat(lines.strip()).isEqualTo("1700000000.123456789,tap0,10.0.0.1,4321,85");
    }

    private static boolean isInstalled(final String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (final IOException e) {
            return false;
        }
    }
}
