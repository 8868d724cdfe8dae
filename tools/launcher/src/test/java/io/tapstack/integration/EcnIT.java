package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.event.Flow;
import io.tapstack.event.StackEvents;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.time.Clock;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * ECN with the kernel (RFC 3168): nftables marks some packets "congestion experienced", the receiver echoes, the sender
 * slows down.
 */
@Timeout(60)
class EcnIT {

    // net.ipv4.tcp_ecn
    private static final int ECN = 1;
    private static final int ECN_IF_ASKED = 2;

    private static final int PORT = 7000;
    private static final long BYTES = 8 << 20;

    private final Threads threads = new Threads();
    private final Clock clock = Clock.system();
    private TestNetwork network;
    private String congestionControl;

    private void open(final Offload offload, final int kernelMode) throws Exception {
        network = TestNetwork.open(offload);
        congestionControl = HostPrograms.run("sysctl", "-n", "net.ipv4.tcp_congestion_control")
                .strip();
        HostPrograms.script(
                "cd /proc/sys/net/ipv4; echo " + kernelMode + " > tcp_ecn; echo reno > tcp_congestion_control");
        HostPrograms.run("ping", "-c", "1", network.ip());
    }

    /** Marks one packet in ten of those that are ECN-capable. */
    private void mark(final String hook) throws Exception {
        HostPrograms.run("nft", """
                table netdev marks {
                    chain c {
                        type filter hook %2$s device "%1$s" priority 0;
                        ip ecn ect0 numgen inc mod 10 == 9 ip ecn set ce
                    }
                }
                """.formatted(network.tap(), hook));
    }

    @AfterEach
    void close() throws Exception {
        threads.close();
        HostPrograms.attempt("nft", "delete table netdev marks");
        HostPrograms.run("sysctl", "-w", "net.ipv4.tcp_congestion_control=" + congestionControl);
        HostPrograms.script("echo " + ECN_IF_ASKED + " > /proc/sys/net/ipv4/tcp_ecn");
        network.close();
    }

    /** The kernel asks, we answer; it sends, we echo the marks, it reduces its window. */
    @ParameterizedTest
    @EnumSource
    void kernelSends(final Offload offload) throws Exception {
        open(offload, ECN);
        mark("egress");
        try (Listener listener = network.transport().listen(new InetSocketAddress(network.address(), PORT), 8)) {
            final Future<Summary> sink = threads.start(() -> {
                try (StreamConnection connection = listener.accept()) {
                    return TestBytes.readAll(connection.input());
                }
            });
            try (Socket client = new Socket(network.address(), PORT)) {
                final Summary sent = TestBytes.write(client.getOutputStream(), 0, BYTES);
                final String info = HostPrograms.run("ss", "-tinH", "dst", network.ip());
                assertThat(info).contains(" reno ", " ssthresh:", " delivered_ce:");
                client.shutdownOutput();
                assertThat(Threads.result(sink)).isEqualTo(sent);
            }
        }
        final long marks = network.look(stack -> stack.statistics().congestionMarksReceived);
        assertThat(marks).isPositive();
    }

    /** We ask, the kernel answers; we send, it echoes the marks, we reduce our window. Nothing is lost. */
    @ParameterizedTest
    @EnumSource
    void stackSends(final Offload offload) throws Exception {
        stackSends(offload, EcnMode.ON);
    }

    /**
     * RFC 9768 3.1.2: we request Accurate ECN of a kernel that does not use it (net.ipv4.tcp_ecn): the result is RFC
     * 3168.
     */
    @ParameterizedTest
    @EnumSource
    void stackFallsBack(final Offload offload) throws Exception {
        stackSends(offload, EcnMode.ACCURATE);
    }

    private void stackSends(final Offload offload, final EcnMode mode) throws Exception {
        open(offload, ECN_IF_ASKED);
        mark("ingress");
        final AtomicInteger ssthresh = new AtomicInteger(Integer.MAX_VALUE);
        network.observe(new StackEvents() {
            @Override
            public void congestionWindow(final Flow flow, final int cwndBytes, final int ssthreshBytes) {
                ssthresh.set(ssthreshBytes);
            }
        });
        final InetAddress host = network.hostAddress();
        try (ServerSocket server = new ServerSocket(PORT, 1, host)) {
            final Endpoint to = new Endpoint(IpAddress.of(host.getAddress()), PORT);
            final TcpConnection connection = network.look(stack -> connect(stack, to, mode));
            try (Socket accepted = server.accept()) {
                final Future<Long> sink =
                        threads.start(() -> accepted.getInputStream().transferTo(OutputStream.nullOutputStream()));
                final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
                long left = BYTES;
                while (left > 0) {
                    final int limit = (int) Math.min(left, buffer.capacity());
                    left -= network.look(stack -> connection.write(buffer.clear(), limit, false, clock.nanoTime()));
                    Thread.onSpinWait();
                }
                network.look(stack -> {
                    connection.shutdownOutput(clock.nanoTime());
                    return connection;
                });
                assertThat(Threads.result(sink)).isEqualTo(BYTES);
                final long echoes = network.look(stack -> stack.statistics().congestionEchoesReceived);
                assertThat(echoes).isPositive();
                assertThat(ssthresh.get()).isLessThan(1 << 20);
                final long losses = network.look(stack -> stack.statistics().fastRecoveries);
                assertThat(losses).isZero();
            }
        }
    }

    private TcpConnection connect(final NetworkStack stack, final Endpoint to, final EcnMode mode) {
        try {
            final TcpConfig config = new TcpConfig().ecn(mode);
            return stack.tcp().connect(null, to, config, ConnectionObserver.NONE, clock.nanoTime());
        } catch (final SocketErrorException e) {
            throw new AssertionError(e);
        }
    }
}
