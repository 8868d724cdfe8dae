package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.time.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 1122 2.3.2.2: packets that wait for ARP, in a stack that is short of memory. */
class WaitingPacketsUnderPressureTest {

    private static final int PROTOCOL = 253;
    private static final int WAITING = 3;

    private final BufferPool pool = new BufferPool(32 << 10);
    private final StackStatistics statistics = new StackStatistics();
    private final TestLink link = TestLink.ethernet();
    private final TimerWheel wheel = new TimerWheel(0);
    private final Ipv4Protocol ipv4 = new Ipv4Protocol(
            new InternetProtocol(pool, wheel),
            pool,
            wheel,
            statistics,
            new SplittableRandom(1),
            ReassemblyLimits.DEFAULT);
    private final List<PacketBuffer> others = new ArrayList<>();
    private final NetworkInterface networkInterface = new NetworkInterface(link, TestHost.MAC, pool, statistics);

    WaitingPacketsUnderPressureTest() {
        ipv4.addInterface(networkInterface, new InterfaceAddress(TestHost.ADDRESS, 24), ArpConfig.DEFAULT)
                .start();
        for (int i = 0; i < WAITING; i++) {
            send(i);
        }
        link.takeSent();
    }

    private SendStatus send(final int number) {
        final IpPath path = Objects.requireNonNull(ipv4.path(TestHost.ADDRESS, TestHost.PEER));
        final PacketBuffer packet = pool.packet(BufferPool.FRAME, path.headroom());
        packet.memory().bytes().put(packet.append(1), (byte) number);
        return path.send(packet, PROTOCOL, 0, 64, /* dontFragment */ false);
    }

    /** Takes memory until it and the waiting packets exceed the limit by {@code beyond} bytes. */
    private void fill(final int beyond) {
        while (pool.bytesInUse() < pool.limitBytes() + beyond) {
            others.add(pool.packet(BufferPool.FRAME, 0));
        }
    }

    @AfterEach
    void nothingLeaks() {
        ipv4.stop();
        others.forEach(PacketBuffer::release);
        assertThat(pool.packetsInUse()).isZero();
        assertThat(pool.regionsInUse()).isZero();
    }

    @Test
    void theLatestIsSaved() {
        fill(0);
        assertThat(pool.underPressure()).isTrue();
        assertThat(send(WAITING)).isEqualTo(SendStatus.SENT);
        assertThat(statistics.drops(DropReason.NO_MEMORY)).isEqualTo(WAITING);
        link.inject(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        networkInterface.poll(10, 0);
        final List<byte[]> sent = link.takeSent();
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0)[14 + 20]).isEqualTo((byte) WAITING);
    }

    @Test
    void noneIsSavedIfThatIsNotEnough() {
        fill(WAITING * BufferPool.FRAME);
        send(WAITING);
        assertThat(statistics.drops(DropReason.NO_MEMORY)).isEqualTo(WAITING + 1);
    }

    @Test
    void allAreSavedWithoutPressure() {
        send(WAITING);
        assertThat(statistics.drops(DropReason.NO_MEMORY)).isZero();
        link.inject(TestHost.arpReply(TestHost.PEER_MAC, TestHost.PEER));
        networkInterface.poll(10, 0);
        assertThat(link.takeSent()).hasSize(WAITING + 1);
    }
}
