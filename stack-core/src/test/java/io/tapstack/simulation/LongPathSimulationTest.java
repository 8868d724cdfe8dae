package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.link.Impairment;
import io.tapstack.simulation.CablePlan.Ends;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A path of 100 ms: the effect of buffers that tune themselves. */
class LongPathSimulationTest {

    private static final int PORT = 80;
    private static final long MILLIS = 1_000_000L;
    private static final int LENGTH = 20_000_000;

    private SimulatedNetwork network;
    private TcpConnection accepted;

    /** @return the time of 20 MB, in milliseconds of virtual time */
    private long transfer(final TcpConfig config) throws SocketErrorException {
        final Impairment far = Impairment.NONE.withDelay(50 * MILLIS);
        network = new SimulatedNetwork(CablePlan.perfect(Ends.PLAIN).impaired(far, far), 1);
        accepted = null;
        final SimulatedHost right = network.right();
        final Endpoint local = new Endpoint(right.address(), PORT);
        final TcpListener listener =
                right.stack().tcp().listen(right.stack().tcp().bind(local, false), 4, config);
        final TcpConnection client =
                network.left().stack().tcp().connect(null, local, config, ConnectionObserver.NONE, network.now());
        final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        int written = 0;
        int read = 0;
        while (read < LENGTH) {
            network.poll();
            while (client.writableBytes() > 0 && written < LENGTH) {
                written += client.write(buffer.clear(), LENGTH - written, false, network.now());
            }
            accepted = accepted == null ? listener.accept() : accepted;
            for (int count = 1; count > 0 && accepted != null; read += count) {
                count = accepted.read(buffer.clear(), false, network.now());
            }
            assertThat(network.moveOn(SimulatedNetwork.NEVER)).isTrue();
        }
        final long elapsed = network.elapsedNanos() / MILLIS;
        network.close();
        return elapsed;
    }

    /** 64 KiB a round trip are 5 Mbit/s: half a minute. */
    @Test
    void fixedBuffers() throws Exception {
        final TcpConfig fixed = new TcpConfig().receiveBufferBytes(1 << 16).sendBufferBytes(1 << 16);
        assertThat(transfer(fixed)).isGreaterThan(25_000);
    }

    /** Slow start for seven round trips, then megabytes in each. */
    @Test
    void tunedBuffers() throws Exception {
        assertThat(transfer(new TcpConfig())).isLessThan(3_000);
    }

    /** Either end alone would limit the other one. */
    @Test
    void tunedAtOneEndOnly() throws Exception {
        assertThat(transfer(new TcpConfig().receiveBufferBytes(1 << 16))).isGreaterThan(25_000);
        assertThat(transfer(new TcpConfig().sendBufferBytes(1 << 16))).isGreaterThan(15_000);
    }
}
