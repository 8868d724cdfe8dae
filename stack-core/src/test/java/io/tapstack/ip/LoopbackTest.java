package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets to ourselves. */
class LoopbackTest {

    private static final int PROTOCOL = 253;

    private final TestHost host = TestHost.settled();
    private final RecordingTransport transport = new RecordingTransport();

    LoopbackTest() {
        host.internet.register(PROTOCOL, transport);
    }

    @AfterEach
    void nothingLeaks() {
        assertThat(host.sent()).as("nothing of it appears on the link").isEmpty();
        host.assertNothingLeaked();
    }

    private IpPath path(final String destination) {
        return Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, IpAddress.parse(destination)));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.2, 10.0.0.2", "127.0.0.1, 127.0.0.1", "127.1.2.3, 127.0.0.1"})
    void arriveAtTheNextPollAndNotBefore(final String destination, final String source) {
        final IpPath path = path(destination);
        assertThat(path.source()).hasToString(source);
        assertThat(path.mtu()).isEqualTo(65_535);
        assertThat(path.isOnLink()).isTrue();
        final PacketBuffer packet = host.pool.packet(200, path.headroom());
        packet.memory().bytes().put(packet.append(9), Packets.pattern(9));
        assertThat(path.send(packet, PROTOCOL, 0, 64, true)).isEqualTo(SendStatus.SENT);
        assertThat(transport.packets).isEmpty();
        assertThat(host.internet.hasLoopbackPackets()).isTrue();
        host.internet.pollLoopback(10, host.now());
        assertThat(transport.packets).hasSize(1);
        assertThat(transport.packets.get(0).payload()).isEqualTo(Packets.pattern(9));
        assertThat(transport.packets.get(0).unicast()).isTrue();
        assertThat(host.internet.hasLoopbackPackets()).isFalse();
    }

    @Test
    void slicesArriveInOnePiece() {
        final IpPath path = path("127.0.0.1");
        final PacketBuffer packet = host.pool.packet(200, path.headroom());
        packet.memory().bytes().put(packet.append(20), Packets.pattern(20));
        final Region region = host.pool.region(BufferPool.SUPER);
        region.bytes().put(0, Packets.pattern(60_000));
        packet.addSlice(region, 0, 60_000);
        region.release();
        packet.gsoSize(1_000);
        packet.requestChecksum(packet.head(), 6);
        final byte[] whole = packet.toArray();
        assertThat(path.send(packet, PROTOCOL, 0, 64, true)).isEqualTo(SendStatus.SENT);
        host.internet.pollLoopback(10, host.now());
        assertThat(transport.packets.get(0).payload()).isEqualTo(whole);
    }

    @Test
    void theQueueIsBounded() {
        final IpPath path = path("127.0.0.1");
        SendStatus status = SendStatus.SENT;
        int sent = 0;
        while (status == SendStatus.SENT) {
            final PacketBuffer packet = host.pool.packet(200, path.headroom());
            packet.append(8);
            status = path.send(packet, PROTOCOL, 0, 64, true);
            sent++;
        }
        assertThat(status).isEqualTo(SendStatus.DEVICE_FULL);
        assertThat(sent).isEqualTo(LoopbackQueue.MAX_PACKETS + 1);
        host.internet.pollLoopback(Integer.MAX_VALUE, host.now());
        assertThat(transport.packets).hasSize(LoopbackQueue.MAX_PACKETS);
    }

    @Test
    void answersToOurselvesWaitForTheNextPoll() {
        final IpPath path = path("10.0.0.2");
        final PacketBuffer ping = host.pool.packet(Packets.icmp(8, 0, 1, Packets.pattern(8)), path.headroom());
        path.send(ping, 1, 0, 64, true);
        host.internet.pollLoopback(100, host.now());
        assertThat(host.internet.hasLoopbackPackets()).as("the reply").isTrue();
        host.internet.pollLoopback(100, host.now());
        assertThat(host.internet.hasLoopbackPackets()).isFalse();
    }
}
