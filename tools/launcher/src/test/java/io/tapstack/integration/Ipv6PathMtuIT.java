package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.time.Clock;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * As {@link PathMtuIT} over IPv6: two stacks and the kernel as the router between them, whose second link takes smaller
 * packets. The kernel reports that (RFC 8201), or does not (RFC 4821).
 */
@Timeout(60)
class Ipv6PathMtuIT {

    private static final int PORT = 7000;
    private static final int BYTES = 4 << 20;
    private static final int NARROW_MTU = 1_400;
    private static final int HEADERS = 72;

    private final Threads threads = new Threads();
    private final Clock clock = Clock.system();
    private TestNetwork near;
    private TestNetwork far;

    @BeforeEach
    void route() throws Exception {
        HostPrograms.run("sysctl", "-w", "net.ipv6.conf.all.forwarding=1");
    }

    @AfterEach
    void close() throws Exception {
        threads.close();
        HostPrograms.attempt("nft", "delete table inet silence");
        near.close();
        far.close();
        HostPrograms.run("sysctl", "-w", "net.ipv6.conf.all.forwarding=0");
    }

    private void open(final Offload offload) throws Exception {
        near = TestNetwork.openDual(offload);
        far = TestNetwork.openDual(offload);
        for (final TestNetwork network : new TestNetwork[] {near, far}) {
            network.look(stack -> {
                stack.internet()
                        .routes()
                        .defaultGateway(
                                IpAddress.of(network.ipv6HostAddress().getAddress()),
                                stack.ipv4().interfaces().get(0).link());
                return stack;
            });
            HostPrograms.run("ping", "-6", "-c", "1", network.ipv6());
        }
        HostPrograms.run("ip", "link", "set", far.tap(), "mtu", Integer.toString(NARROW_MTU));
    }

    /** @return payload of a full segment at the end */
    private int transfer(final TcpConfig config) throws Exception {
        try (Listener listener = far.transport().listen(new InetSocketAddress(far.ipv6Address(), PORT), 8)) {
            final Future<Summary> sink = threads.start(() -> {
                try (StreamConnection connection = listener.accept()) {
                    return TestBytes.readAll(connection.input());
                }
            });
            final Endpoint to = new Endpoint(IpAddress.of(far.ipv6Address().getAddress()), PORT);
            final TcpConnection connection = near.look(stack -> connect(stack, to, config));
            final ByteBuffer bytes = ByteBuffer.wrap(TestBytes.at(0, BYTES));
            while (bytes.hasRemaining()) {
                near.look(stack -> connection.write(bytes, bytes.remaining(), false, clock.nanoTime()));
                Thread.sleep(1);
            }
            while (near.look(stack -> connection.unacknowledgedBytes()) > 0) {
                Thread.sleep(1);
            }
            final int segment = near.look(stack -> connection.segmentBytes());
            near.look(stack -> {
                connection.close(clock.nanoTime());
                return connection;
            });
            assertThat(Threads.result(sink).count()).isEqualTo(BYTES);
            return segment;
        }
    }

    private TcpConnection connect(final NetworkStack stack, final Endpoint to, final TcpConfig config) {
        try {
            return stack.tcp().connect(null, to, config, ConnectionObserver.NONE, clock.nanoTime());
        } catch (final SocketErrorException e) {
            throw new AssertionError(e);
        }
    }

    /** The router reports the MTU. */
    @ParameterizedTest
    @EnumSource
    void routerTells(final Offload offload) throws Exception {
        open(offload);
        assertThat(transfer(new TcpConfig())).isEqualTo(NARROW_MTU - HEADERS);
    }

    /** The router reports nothing: the connection finds an MTU that passes by itself, no less than every link has. */
    @Test
    void blackHole() throws Exception {
        open(Offload.OFF);
        HostPrograms.run("nft", """
                table inet silence {
                    chain c {
                        type filter hook output priority 0;
                        icmpv6 type packet-too-big drop
                    }
                }
                """);
        assertThat(transfer(new TcpConfig().mtuProbing(MtuProbingMode.BLACK_HOLE)))
                .isBetween(1_280 - HEADERS, NARROW_MTU - HEADERS);
    }
}
