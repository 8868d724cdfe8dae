package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.link.Impairment;
import io.tapstack.simulation.CablePlan.Ends;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpSplice;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy on the right host, between a client and a server that are both on the left host, in virtual time. */
class SpliceSimulationTest {

    private static final int PROXY_PORT = 80;
    private static final int SERVER_PORT = 8080;
    private static final long MILLIS = 1_000_000L;
    private static final long PATIENCE = 600_000 * MILLIS;

    private SimulatedNetwork network = new SimulatedNetwork(CablePlan.perfect(Ends.PLAIN), 1);
    private TcpConfig proxyConfig = new TcpConfig();
    private TcpConfig serverConfig = new TcpConfig();
    private int ends;

    // ---- Bytes

    @ParameterizedTest
    @EnumSource(Ends.class)
    void everyByteArrivesBothWays(final Ends kind) throws Exception {
        network = new SimulatedNetwork(CablePlan.perfect(kind), 1);
        final Chain chain = new Chain();
        final Flow there = new Flow(chain.client, chain.server, 1, 3_000_000);
        final Flow back = new Flow(chain.server, chain.client, 2, 2_000_000);
        run(() -> there.step() & back.step() && chain.splice.isEnded());
        assertThat(chain.splice.failure()).isNull();
        assertThat(chain.splice.forwardBytes()).isEqualTo(3_000_000);
        assertThat(chain.splice.backBytes()).isEqualTo(2_000_000);
        assertThat(ends).isEqualTo(1);
        network.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void everyByteArrivesOverABadCable(final long seed) throws Exception {
        final SplittableRandom random = new SplittableRandom(seed);
        final Impairment bad = Impairment.NONE
                .withLoss(random.nextDouble(0.05))
                .withDuplication(random.nextDouble(0.05))
                .withDelay(random.nextLong(20 * MILLIS));
        network = new SimulatedNetwork(CablePlan.perfect(Ends.PLAIN).impaired(bad, bad), seed);
        proxyConfig = new TcpConfig()
                .sendBufferBytes(random.nextInt(2_000, 100_000))
                .receiveBufferBytes(random.nextInt(2_000, 100_000));
        final Chain chain = new Chain();
        final Flow there = new Flow(chain.client, chain.server, seed, random.nextInt(200_000));
        final Flow back = new Flow(chain.server, chain.client, -seed, random.nextInt(200_000));
        run(() -> there.step() & back.step() && chain.splice.isEnded());
        assertThat(chain.splice.failure()).isNull();
        network.close();
    }

    @Test
    void aConnectionJoinedToItselfIsAnEcho() throws Exception {
        final TcpConnection client =
                connect(PROXY_PORT, listen(network.right(), PROXY_PORT, proxyConfig), network.right());
        final TcpSplice echo = TcpSplice.join(accepted, accepted, () -> ends++);
        final Flow flow = new Flow(client, client, 3, 1_000_000);
        run(() -> flow.step() && echo.isEnded());
        assertThat(echo.forwardBytes()).isEqualTo(1_000_000);
        assertThat(echo.backBytes()).isZero();
        network.close();
    }

    // ---- Memory

    @Test
    void aServerThatDoesNotReadStopsTheClient() throws Exception {
        proxyConfig = new TcpConfig().sendBufferBytes(50_000).receiveBufferBytes(50_000);
        serverConfig = new TcpConfig().receiveBufferBytes(20_000);
        final Chain chain = new Chain();
        final Flow there = new Flow(chain.client, chain.server, 1, 1_000_000);
        runFor(5_000, there::write);
        final long most = network.right().stack().pool().bytesInUse();
        assertThat(chain.splice.forwardBytes()).isBetween(20_000L, 120_000L);
        // Blocks are filled to at least half of their charge.
        assertThat(most).isLessThan(4 * 50_000);
        runFor(60_000, there::write);
        assertThat(network.right().stack().pool().bytesInUse()).isLessThanOrEqualTo(most);
        run(() -> there.step() && chain.server.isInputEnded());
        assertThat(chain.splice.forwardBytes()).isEqualTo(1_000_000);
        chain.server.close(network.now());
        run(chain.splice::isEnded);
        network.close();
    }

    @Test
    void singleBytesDoNotTieUpMemory() throws Exception {
        serverConfig = new TcpConfig().receiveBufferBytes(1_000);
        final Chain chain = new Chain();
        final Flow there = new Flow(chain.client, chain.server, 1, 20_000);
        there.piece = 1;
        chain.client.config().noDelay(true);
        runFor(20_000, there::write);
        assertThat(network.right().stack().pool().bytesInUse()).isLessThan(100_000);
        run(there::step);
        chain.server.close(network.now());
        run(chain.splice::isEnded);
        network.close();
    }

    /** The passed-on bytes use up all room: the splice must not wait for more. */
    @Test
    void roomForLessThanASegmentIsNoReasonToWait() throws Exception {
        final Impairment far = Impairment.NONE.withDelay(MILLIS);
        network = new SimulatedNetwork(CablePlan.perfect(Ends.PLAIN).impaired(far, far), 1);
        proxyConfig = new TcpConfig().sendBufferBytes(1_000);
        serverConfig = new TcpConfig().delayedAckNanos(0);
        final Chain chain = new Chain();
        final long start = network.now();
        final Flow there = new Flow(chain.client, chain.server, 1, 50_000);
        run(there::step);
        assertThat(network.now() - start).isLessThan(1_000 * MILLIS);
        chain.server.close(network.now());
        run(chain.splice::isEnded);
        network.close();
    }

    // ---- Ends

    @Test
    void theClientMayEndFirstAndStillRead() throws Exception {
        final Chain chain = new Chain();
        final Flow there = new Flow(chain.client, chain.server, 1, 10);
        run(there::step);
        assertThat(chain.server.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(chain.splice.isEnded()).isFalse();
        final Flow back = new Flow(chain.server, chain.client, 2, 100_000);
        run(() -> back.step() && chain.splice.isEnded());
        assertThat(chain.splice.failure()).isNull();
        network.close();
    }

    @Test
    void theServerMayEndFirstAndStillRead() throws Exception {
        final Chain chain = new Chain();
        final Flow back = new Flow(chain.server, chain.client, 1, 10);
        run(back::step);
        assertThat(chain.client.state()).isEqualTo(TcpState.CLOSE_WAIT);
        final Flow there = new Flow(chain.client, chain.server, 2, 100_000);
        run(() -> there.step() && chain.splice.isEnded());
        assertThat(chain.splice.failure()).isNull();
        network.close();
    }

    @Test
    void aResetOfTheClientResetsTheServer() throws Exception {
        final Chain chain = new Chain();
        chain.client.abort(network.now());
        run(chain.splice::isEnded);
        runFor(100, () -> {});
        assertThat(chain.splice.failure()).isEqualTo(SocketError.ECONNRESET);
        assertThat(chain.server.error()).isEqualTo(SocketError.ECONNRESET);
        network.close();
    }

    @Test
    void aResetOfTheServerResetsTheClient() throws Exception {
        final Chain chain = new Chain();
        final Flow there = new Flow(chain.client, chain.server, 1, 500_000);
        runFor(10, there::write);
        chain.server.abort(network.now());
        run(chain.splice::isEnded);
        runFor(100, () -> {});
        assertThat(chain.client.error()).isEqualTo(SocketError.ECONNRESET);
        assertThat(ends).isEqualTo(1);
        network.close();
    }

    @Test
    void anAbortResetsBoth() throws Exception {
        final Chain chain = new Chain();
        chain.splice.abort(network.now());
        chain.splice.abort(network.now());
        runFor(100, () -> {});
        assertThat(chain.client.error()).isEqualTo(SocketError.ECONNRESET);
        assertThat(chain.server.error()).isEqualTo(SocketError.ECONNRESET);
        assertThat(ends).isEqualTo(1);
        network.close();
    }

    /** A waiter for the end of a splice is told, also when it ends with its stack. */
    @Test
    void theEndOfTheStackEndsTheSplice() throws Exception {
        final Chain chain = new Chain();
        network.right().stack().close(network.now());
        assertThat(chain.splice.isEnded()).isTrue();
        assertThat(chain.splice.failure()).isEqualTo(SocketError.ENETDOWN);
        assertThat(ends).isEqualTo(1);
        network.close();
    }

    @Test
    void whatCameBeforeTheSpliceIsPassedOn() throws Exception {
        final TcpListener proxy = listen(network.right(), PROXY_PORT, proxyConfig);
        final TcpListener server = listen(network.left(), SERVER_PORT, serverConfig);
        final TcpConnection client = connect(PROXY_PORT, proxy, network.right());
        final TcpConnection near = accepted;
        client.write(ByteBuffer.allocate(5_000), 5_000, false, network.now());
        client.shutdownOutput(network.now());
        runFor(100, () -> {});
        final TcpConnection far = connectFromProxy(server);
        final TcpSplice splice = TcpSplice.join(near, far, () -> ends++);
        run(() -> accepted.readableBytes() == 5_000);
        accepted.read(ByteBuffer.allocate(5_000), false, network.now());
        run(accepted::isInputEnded);
        accepted.close(network.now());
        run(splice::isEnded);
        network.close();
    }

    /** RFC 9293 3.10.4: a CLOSE now would give up the attempt to connect. */
    @Test
    void theEndOfTheClientWaitsForTheServerToAnswer() throws Exception {
        final Impairment far = Impairment.NONE.withDelay(50 * MILLIS);
        network = new SimulatedNetwork(CablePlan.perfect(Ends.PLAIN).impaired(far, far), 1);
        final TcpListener proxy = listen(network.right(), PROXY_PORT, proxyConfig);
        final TcpListener server = listen(network.left(), SERVER_PORT, serverConfig);
        final TcpConnection client = connect(PROXY_PORT, proxy, network.right());
        final TcpConnection near = accepted;
        client.write(ByteBuffer.allocate(5_000), 5_000, false, network.now());
        client.shutdownOutput(network.now());
        run(() -> near.state() == TcpState.CLOSE_WAIT);
        final Endpoint to = new Endpoint(network.left().address(), SERVER_PORT);
        final TcpConnection connecting =
                network.right().stack().tcp().connect(null, to, proxyConfig, ConnectionObserver.NONE, network.now());
        final TcpSplice splice = TcpSplice.join(near, connecting, () -> ends++);
        accepted = null;
        run(() -> {
            accepted = accepted == null ? server.accept() : accepted;
            return accepted != null && accepted.readableBytes() == 5_000;
        });
        accepted.read(ByteBuffer.allocate(5_000), false, network.now());
        run(accepted::isInputEnded);
        accepted.close(network.now());
        run(splice::isEnded);
        assertThat(splice.failure()).isNull();
        network.close();
    }

    /** No listener at the proxy's target: the client is reset. */
    @Test
    void aServerThatRefusesResetsTheClient() throws Exception {
        final TcpListener proxy = listen(network.right(), PROXY_PORT, proxyConfig);
        final TcpConnection client = connect(PROXY_PORT, proxy, network.right());
        final Endpoint to = new Endpoint(network.left().address(), SERVER_PORT);
        final TcpConnection connecting =
                network.right().stack().tcp().connect(null, to, proxyConfig, ConnectionObserver.NONE, network.now());
        final TcpSplice splice = TcpSplice.join(accepted, connecting, () -> ends++);
        run(splice::isEnded);
        runFor(100, () -> {});
        assertThat(splice.failure()).isEqualTo(SocketError.ECONNREFUSED);
        assertThat(client.error()).isEqualTo(SocketError.ECONNRESET);
        network.close();
    }

    // ---- Means

    private TcpConnection accepted;

    /** Client, proxy and server, connected. */
    private final class Chain {

        private final TcpConnection client;
        private final TcpConnection server;
        private final TcpSplice splice;

        Chain() throws SocketErrorException {
            final TcpListener proxy = listen(network.right(), PROXY_PORT, proxyConfig);
            final TcpListener origin = listen(network.left(), SERVER_PORT, serverConfig);
            client = connect(PROXY_PORT, proxy, network.right());
            final TcpConnection near = accepted;
            final TcpConnection far = connectFromProxy(origin);
            server = accepted;
            splice = TcpSplice.join(near, far, () -> ends++);
        }
    }

    private static TcpListener listen(final SimulatedHost host, final int port, final TcpConfig config)
            throws SocketErrorException {
        final Endpoint local = new Endpoint(host.address(), port);
        return host.stack().tcp().listen(host.stack().tcp().bind(local, false), 4, config);
    }

    private TcpConnection connect(final int port, final TcpListener listener, final SimulatedHost to)
            throws SocketErrorException {
        return connect(network.left(), new Endpoint(to.address(), port), listener, new TcpConfig());
    }

    private TcpConnection connectFromProxy(final TcpListener listener) throws SocketErrorException {
        return connect(
                network.right(), new Endpoint(network.left().address(), SERVER_PORT), listener, proxyConfig.copy());
    }

    private TcpConnection connect(
            final SimulatedHost from, final Endpoint to, final TcpListener listener, final TcpConfig config)
            throws SocketErrorException {
        final TcpConnection connection =
                from.stack().tcp().connect(null, to, config, ConnectionObserver.NONE, network.now());
        accepted = null;
        run(() -> {
            accepted = accepted == null ? listener.accept() : accepted;
            return accepted != null && connection.state() == TcpState.ESTABLISHED;
        });
        return connection;
    }

    /** Bytes from one end to the other, ended by FIN. */
    private final class Flow {

        private final TcpConnection from;
        private final TcpConnection to;
        private final Pattern pattern;
        private final long length;
        private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        private int piece = buffer.capacity();
        private long written;
        private long read;

        Flow(final TcpConnection from, final TcpConnection to, final long stream, final long length) {
            this.from = from;
            this.to = to;
            this.pattern = new Pattern(stream);
            this.length = length;
        }

        void write() {
            for (int taken = 1; taken > 0 && written < length; written += taken) {
                buffer.clear().limit((int) Math.min(piece, length - written));
                pattern.fill(buffer, written);
                taken = from.write(buffer, buffer.remaining(), false, network.now());
                if (written + taken == length) {
                    from.shutdownOutput(network.now());
                }
            }
        }

        /** @return true when all bytes and the end were read */
        boolean step() {
            if (length == 0 && written == 0) {
                from.shutdownOutput(network.now());
            }
            write();
            for (int count = 1; count > 0; read += count) {
                count = to.read(buffer.clear(), false, network.now());
                assertThat(pattern.firstWrong(buffer, 0, count, read))
                        .as("first wrong byte")
                        .isEqualTo(-1);
            }
            return read == length && to.isInputEnded();
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws SocketErrorException;
    }

    private void run(final Condition until) throws SocketErrorException {
        final long deadline = network.now() + PATIENCE;
        network.poll();
        while (!until.holds()) {
            assertThat(network.moveOn(deadline)).isTrue();
            assertThat(network.now() - deadline).as("time over").isNegative();
            network.poll();
        }
    }

    private void runFor(final long millis, final Runnable application) {
        final long deadline = network.now() + millis * MILLIS;
        while (network.now() - deadline < 0) {
            network.poll();
            application.run();
            network.moveOn(deadline);
        }
        network.poll();
    }
}
