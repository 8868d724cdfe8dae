package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestLink;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinkPortTest {

    private final BufferPool pool = new BufferPool();
    private final StackStatistics statistics = new StackStatistics();

    private PacketBuffer frame(final int length) {
        final PacketBuffer frame = pool.packet(BufferPool.FRAME, 14);
        frame.append(length);
        return frame;
    }

    @Test
    void finishesAChecksumThatTheDeviceDoesNot() {
        final TestLink link = TestLink.ethernet();
        final LinkPort port = new LinkPort(link, pool, statistics);
        final SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            final PacketBuffer frame = frame(20 + random.nextInt(30));
            final Region payload = pool.region(BufferPool.SMALL);
            for (int i = 0; i < 256; i++) {
                payload.bytes().put(i, (byte) random.nextInt());
            }
            frame.addSlice(payload, 3, random.nextInt(200));
            payload.release();
            final int partial = random.nextInt(0x10000);
            frame.memory().bytes().putShort(frame.head() + 8 + 6, (short) partial);
            frame.requestChecksum(frame.head() + 8, 6);
            assertThat(port.transmit(frame)).isTrue();
            assertThat(frame.checksumWanted()).isFalse();
            frame.release();

            // RFC 1071: with its complement in place, the sum of all is the pseudo-header's part that was there before.
            final byte[] sent = link.takeSent().get(0);
            final int stored = (sent[14] & 0xFF) << 8 | (sent[15] & 0xFF);
            sent[14] = (byte) (partial >>> 8);
            sent[15] = (byte) partial;
            final int expected = Packets.checksum(sent, 8, sent.length, 0);
            assertThat(stored).isEqualTo(expected == 0 ? 0xFFFF : expected);
        }
        assertThat(pool.regionsInUse()).isZero();
    }

    @Test
    void leavesTheChecksumToADeviceThatDoesIt() {
        final TestLink link = new TestLink(new LinkCapabilities(LinkType.ETHERNET, 1_500, true, true, 65_535));
        final LinkPort port = new LinkPort(link, pool, statistics);
        final PacketBuffer frame = frame(100);
        frame.requestChecksum(frame.head() + 34, 16);
        port.transmit(frame);
        assertThat(frame.checksumWanted()).isTrue();
        frame.release();
    }

    @Test
    void aFullDeviceIsNotDown() {
        final TestLink link = TestLink.ethernet();
        link.room(1);
        final LinkPort port = new LinkPort(link, pool, statistics);
        final PacketBuffer frame = frame(100);
        assertThat(port.transmit(frame)).isTrue();
        assertThat(port.transmit(frame)).isFalse();
        assertThat(port.isDown()).isFalse();
        frame.release();
        assertThat(statistics.framesSent).isEqualTo(1);
        assertThat(statistics.bytesSent).isEqualTo(100);
        assertThat(statistics.drops()).isZero();
    }

    @Test
    void aDeviceThatIsGoneIsRememberedAndThrowsAtNobody() {
        final TestLink link = TestLink.ethernet();
        final IOException failure = new IOException("gone");
        link.fail(failure);
        final LinkPort port = new LinkPort(link, pool, statistics);
        assertThat(port.receive()).isNull();
        assertThat(port.isDown()).isTrue();
        assertThat(port.failure()).isSameAs(failure);
        final PacketBuffer frame = frame(100);
        assertThat(port.transmit(frame)).isFalse();
        frame.release();
        assertThat(statistics.drops(DropReason.LINK_ERROR)).isEqualTo(1);
    }
}
