package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.VirtualCable;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Advice from TCP to the IP layer about a peer that does not answer: R1 of RFC 1122 4.2.3.5, with 3.3.1.4. */
class NegativeAdviceTraceTest {

    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.2");
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final long SECOND = 1_000_000_000L;
    private static final int ETHERTYPE_OFFSET = 12;
    private static final int ARP = 0x0806;

    private final LinkCapabilities ethernet = LinkCapabilities.plain(LinkType.ETHERNET, 1_500);
    private final VirtualCable cable = new VirtualCable(ethernet, ethernet, 1_000);
    private final LinkDevice farEnd = cable.right();
    private final NetworkStack client = stack(cable.left(), CLIENT);
    private final NetworkStack server = stack(farEnd, SERVER);
    private long now;

    private NetworkStack stack(final LinkDevice device, final IpAddress address) {
        final StackConfig config =
                StackConfig.of(new InterfaceAddress(address, 24), new SplittableRandom(address.ipv4Bits()));
        return new NetworkStack(device, config, now);
    }

    private void run(final long nanos, final NetworkStack... stacks) throws IOException {
        final long end = now + nanos;
        while (now < end) {
            for (final NetworkStack stack : stacks) {
                while (stack.poll(now)) {
                    // Until nothing more is sent.
                }
            }
            now += SECOND / 1_000;
        }
    }

    /** Types of the frames at the far end, which nothing reads any more; for ARP with the first octet of the target. */
    private List<Integer> arrived() throws IOException {
        final List<Integer> types = new ArrayList<>();
        for (PacketBuffer frame = farEnd.receive(server.pool()); frame != null; frame = farEnd.receive(server.pool())) {
            final ByteBuffer bytes = frame.memory().bytes();
            final int type = bytes.getShort(frame.head() + ETHERTYPE_OFFSET) & 0xFFFF;
            types.add(type == ARP ? ARP | (bytes.get(frame.head()) & 1) << 16 : type);
            frame.release();
        }
        return types;
    }

    /** MUST-20 (b), SHLD-10: after three retransmissions the neighbour is probed, long before its entry expires. */
    @Test
    void afterThreeRetransmissions() throws IOException {
        server.tcp().listen(server.tcp().bind(new Endpoint(SERVER, 80), true), 1, new TcpConfig());
        final Connection connection = (Connection) client.tcp()
                .connect(
                        client.tcp().bind(new Endpoint(CLIENT, 0), false),
                        new Endpoint(SERVER, 80),
                        new TcpConfig(),
                        ConnectionObserver.NONE,
                        now);
        run(10 * SECOND, client, server);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);

        connection.write(ByteBuffer.allocate(100), 100, false, now);
        while (connection.timeouts < ControlBlock.ADVICE_AFTER) {
            run(SECOND / 100, client);
        }
        assertThat(arrived()).doesNotContain(ARP);
        while (connection.timeouts == ControlBlock.ADVICE_AFTER) {
            run(SECOND / 100, client);
        }
        assertThat(arrived()).as("asked, not shouted for").contains(ARP).doesNotContain(ARP | 1 << 16);
        // (c): R2 is later. Meanwhile another host may answer for the address.
        run(10 * SECOND, client);
        assertThat(arrived()).contains(ARP | 1 << 16);
        assertThat(connection.error()).isNull();

        client.close(now);
        connection.close(now);
        server.close(now);
        assertThat(client.pool().packetsInUse()).isZero();
        assertThat(client.timers().armedTimers()).isZero();
    }

    /**
     * RFC 1122 4.2.3.5, RFC 9293 3.8.3 MUST-23: a SYN is retransmitted for at least three minutes before the connect
     * fails.
     */
    @Test
    void synForThreeMinutes() {
        final TcpTrace trace = new TcpTrace();
        final Connection connection = trace.connect(new TcpConfig());
        trace.advance(180_000);
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.advance(180_000);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        int syns = 0;
        while (trace.link.take() != null) {
            syns++;
        }
        assertThat(syns).isEqualTo(8);
        trace.noLeaks();
    }
}
