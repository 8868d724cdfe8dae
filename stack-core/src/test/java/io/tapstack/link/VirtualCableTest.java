package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class VirtualCableTest {

    private static final LinkCapabilities PLAIN = LinkCapabilities.plain(LinkType.IP, 1_500);
    private static final LinkCapabilities CARD = new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535);
    private static final IpAddress FROM = IpAddress.parse("10.0.0.1");
    private static final IpAddress TO = IpAddress.parse("10.0.0.2");
    private static final int IP = 20;
    private static final int TCP = 32; // with a timestamp

    private final Frames frames = new Frames();

    @Test
    void carriesFramesBothWaysInOrder() throws IOException {
        final VirtualCable cable = new VirtualCable(PLAIN, PLAIN, 10);
        frames.send(cable.left(), 1, 100);
        frames.send(cable.left(), 2, 1_500);
        frames.send(cable.right(), 3, 40);
        assertThat(frames.receiveNumbers(cable.right())).containsExactly(1, 2);
        assertThat(frames.receiveNumbers(cable.left())).containsExactly(3);
        assertThat(frames.receive(cable.left())).isEmpty();
        assertThat(frames.nothingHeld()).isTrue();
    }

    @Test
    void refusesASecondThreadByName() throws Exception {
        final VirtualCable cable = new VirtualCable(PLAIN, PLAIN, 10);
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch refused = new CountDownLatch(1);
        final BufferPool pool = new BufferPool();
        final PacketBuffer frame = pool.packet(64, 32);
        frame.addSlice(
                new Region(ByteBuffer.allocateDirect(64)) {
                    @Override
                    public int copyTo(final int from, final ByteBuffer target, final int at, final int length) {
                        inside.countDown();
                        awaitUninterruptibly(refused);
                        return super.copyTo(from, target, at, length);
                    }

                    @Override
                    protected void recycle() {}
                },
                0,
                64);
        final FutureTask<Boolean> sending = new FutureTask<>(() -> cable.left().transmit(frame));
        new Thread(sending).start();
        inside.await();
        assertThatThrownBy(() -> cable.right().receive(pool))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("two threads")
                .hasMessageContaining("MemoryNetwork");
        refused.countDown();
        assertThat(sending.get()).isTrue();
        assertThat(cable.right().receive(pool)).isNotNull();
    }

    private static void awaitUninterruptibly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesWhenFullAndSaysWhenThereIsRoomAgain() throws IOException {
        final VirtualCable cable = new VirtualCable(PLAIN, PLAIN, 2);
        cable.left().advance(5);
        assertThat(frames.send(cable.left(), 1, 100)).isTrue();
        assertThat(frames.send(cable.left(), 2, 100)).isTrue();
        assertThat(frames.send(cable.left(), 3, 100)).isFalse();
        assertThat(cable.left().nextEvent()).isEqualTo(Long.MAX_VALUE);
        assertThat(frames.receiveNumbers(cable.right())).containsExactly(1, 2);
        assertThat(cable.left().nextEvent()).isEqualTo(5);
        assertThat(frames.send(cable.left(), 3, 100)).isTrue();
        assertThat(cable.left().nextEvent()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void announcesWhatHasArrived() throws IOException {
        final VirtualCable cable = new VirtualCable(PLAIN, PLAIN, 2);
        cable.right().advance(7);
        assertThat(cable.right().nextEvent()).isEqualTo(Long.MAX_VALUE);
        frames.send(cable.left(), 1, 100);
        assertThat(cable.right().nextEvent()).isEqualTo(7);
    }

    @Test
    void closedEndFailsAndItsPeerSpeaksIntoTheVoid() throws IOException {
        final VirtualCable cable = new VirtualCable(PLAIN, PLAIN, 2);
        cable.right().close();
        assertThatThrownBy(() -> frames.receive(cable.right())).isInstanceOf(IOException.class);
        for (int number = 0; number < 10; number++) {
            assertThat(frames.send(cable.left(), number, 100)).isTrue();
        }
    }

    @Test
    void keepsStacksToTheContract() {
        final VirtualCable cable = new VirtualCable(PLAIN, CARD, 2);
        assertThatThrownBy(() -> frames.send(cable.left(), 1, 1_501)).isInstanceOf(IllegalArgumentException.class);
        final PacketBuffer wishful = superSegment(100, 50, TcpHeader.ACK);
        assertThatThrownBy(() -> cable.left().transmit(wishful)).isInstanceOf(IllegalArgumentException.class);
        wishful.release();
        assertThatThrownBy(() -> new VirtualCable(PLAIN, LinkCapabilities.plain(LinkType.IP, 9_000), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cutsSuperSegments() throws IOException {
        final SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 100; round++) {
            final int gsoSize = 1 + random.nextInt(1_448);
            final int length = 1 + random.nextInt(Math.min(60_000, 40 * gsoSize));
            final int flags = TcpHeader.ACK
                    | (random.nextBoolean() ? TcpHeader.PSH : 0)
                    | (random.nextBoolean() ? TcpHeader.FIN : 0)
                    | (random.nextBoolean() ? TcpHeader.CWR : 0);
            final VirtualCable cable = new VirtualCable(CARD, PLAIN, 2);
            final PacketBuffer frame = superSegment(length, gsoSize, flags);
            final byte[] whole = frame.toArray();
            assertThat(cable.left().transmit(frame)).isTrue();
            frame.release();
            final List<byte[]> segments = frames.receive(cable.right());
            assertThat(segments).hasSize((length + gsoSize - 1) / gsoSize);
            for (int i = 0; i < segments.size(); i++) {
                assertSegment(segments.get(i), whole, i, gsoSize, i == segments.size() - 1);
            }
        }
        assertThat(frames.nothingHeld()).isTrue();
    }

    private static void assertSegment(
            final byte[] segment, final byte[] whole, final int index, final int gsoSize, final boolean last) {
        final int from = IP + TCP + index * gsoSize;
        final int to = Math.min(whole.length, from + gsoSize);
        final ByteBuffer bytes = ByteBuffer.wrap(segment);
        assertThat(Arrays.copyOfRange(segment, IP + TCP, segment.length))
                .isEqualTo(Arrays.copyOfRange(whole, from, to));
        assertThat(bytes.getShort(2)).isEqualTo((short) segment.length);
        assertThat(bytes.getShort(4)).as("identification").isEqualTo((short) (0x1234 + index));
        assertThat(Packets.checksum(segment, 0, IP, 0)).as("IP checksum").isZero();
        assertThat(tcpChecksum(segment)).as("TCP checksum").isZero();
        assertThat(bytes.getInt(IP + 4)).as("sequence").isEqualTo(0xFFFF_FF00 + index * gsoSize);
        final int asked = whole[IP + 13];
        int expected = asked;
        if (!last) {
            expected &= ~(TcpHeader.PSH | TcpHeader.FIN);
        }
        if (index > 0) {
            expected &= ~TcpHeader.CWR;
        }
        assertThat(segment[IP + 13]).isEqualTo((byte) expected);
        assertThat(Arrays.copyOfRange(segment, IP + 20, IP + TCP))
                .as("options")
                .isEqualTo(Arrays.copyOfRange(whole, IP + 20, IP + TCP));
    }

    @Test
    void finishesAChecksumAndVouchesForItToWhoTrustsIt() throws IOException {
        final VirtualCable cable = new VirtualCable(CARD, CARD, 2);
        final PacketBuffer frame = superSegment(100, 0, TcpHeader.ACK);
        cable.left().transmit(frame);
        assertThat(frame.checksumWanted()).as("only borrowed").isTrue();
        frame.release();
        final PacketBuffer received = cable.right().receive(frames.pool());
        assertThat(received).isNotNull();
        assertThat(received.checksumTrusted()).isTrue();
        assertThat(received.checksumWanted()).isFalse();
        assertThat(tcpChecksum(received.toArray())).isZero();
        received.release();
    }

    @Test
    void vouchesForNothingThatItDidNotCompute() throws IOException {
        final VirtualCable cable = new VirtualCable(CARD, CARD, 2);
        frames.send(cable.left(), 1, 100);
        final PacketBuffer received = cable.right().receive(new BufferPool());
        assertThat(received).isNotNull();
        assertThat(received.checksumTrusted()).isFalse();
    }

    @Test
    void localCableCarriesSuperSegmentsWhole() throws IOException {
        final VirtualCable cable = VirtualCable.local(CARD, 2);
        final PacketBuffer frame = superSegment(50_000, 1_448, TcpHeader.ACK);
        final byte[] whole = frame.toArray();
        cable.left().transmit(frame);
        frame.release();
        final PacketBuffer received = cable.right().receive(frames.pool());
        assertThat(received).isNotNull();
        assertThat(received.checksumTrusted()).isTrue();
        assertThat(received.gsoSize()).isEqualTo(1_448);
        assertThat(received.toArray()).isEqualTo(whole);
        received.release();
    }

    @Test
    void loopbackGivesBackWhatItGets() throws IOException {
        final LoopbackLink link = new LoopbackLink(LinkType.IP, 1_500, 2);
        assertThat(frames.send(link, 1, 100)).isTrue();
        assertThat(frames.send(link, 2, 100)).isTrue();
        assertThat(frames.send(link, 3, 100)).isFalse();
        assertThat(frames.receiveNumbers(link)).containsExactly(1, 2);
        assertThat(frames.send(link, 3, 100)).isTrue();
        link.close();
        assertThat(frames.nothingHeld()).isTrue();
    }

    /**
     * A segment with headers in front and random payload in slices of odd lengths, whose checksum is left to the
     * device.
     */
    private PacketBuffer superSegment(final int payload, final int gsoSize, final int flags) {
        final SplittableRandom random = new SplittableRandom(payload);
        final byte[] tcp = new byte[TCP];
        final ByteBuffer header = ByteBuffer.wrap(tcp);
        new TcpHeader().wrap(header, 0).write(1_000, 2_000, 0xFFFF_FF00, 77, TCP, flags, 500, 0);
        header.putLong(20, 0x0101_080A_1122_3344L).putInt(28, 0x5566_7788);
        final byte[] headers = Packets.ipv4(FROM, TO, 6, tcp);
        final PacketBuffer frame = frames.pool().packet(256, 64);
        final int at = frame.append(headers.length);
        frame.memory().bytes().put(at, headers);
        frame.memory().bytes().putShort(at + 2, (short) (headers.length + payload));
        for (int left = payload; left > 0; ) {
            final int part = Math.min(left, 1_001 + random.nextInt(8_000) / 2 * 2);
            final Region region = frames.pool().region(part + 3);
            for (int i = 0; i < part; i++) {
                region.bytes().put(3 + i, (byte) random.nextInt());
            }
            frame.addSlice(region, 3, part);
            region.release();
            left -= part;
        }
        frame.requestChecksum(at + IP, TcpHeader.CHECKSUM_OFFSET);
        frame.memory().bytes().putShort(at + IP + TcpHeader.CHECKSUM_OFFSET, (short) pseudoHeaderSum(TCP + payload));
        frame.gsoSize(gsoSize);
        return frame;
    }

    private static int pseudoHeaderSum(final int tcpLength) {
        final byte[] pseudo = ByteBuffer.allocate(12)
                .put(FROM.toBytes())
                .put(TO.toBytes())
                .putShort((short) 6)
                .putShort((short) tcpLength)
                .array();
        return ~Packets.checksum(pseudo, 0, 12, 0) & 0xFFFF;
    }

    /** 0 if it is right. */
    private static int tcpChecksum(final byte[] packet) {
        return Packets.checksum(packet, IP, packet.length, pseudoHeaderSum(packet.length - IP));
    }
}
