package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory of connections: idle, in closing states, and after their end. */
class ConnectionMemoryTest {

    private static final int CONNECTIONS = 10_000;

    private final TcpTrace trace = new TcpTrace();
    private final TcpListener listener = trace.listen(new TcpConfig());
    private final List<Connection> open = new ArrayList<>();

    /** An idle connection costs less than 4 KiB on the heap and no block of the pool. */
    @Test
    void idle() {
        final long before = usedHeap();
        for (int port = 1; port <= CONNECTIONS; port++) {
            open(port);
        }
        final long each = (usedHeap() - before) / CONNECTIONS;
        assertThat(each).isLessThan(4_096);
        assertThat(trace.stack.pool().regionsInUse()).isZero();
        Reference.reachabilityFence(trace);
    }

    /** The same after it has sent and received: the buffers are returned to the pool. */
    @Test
    void idleAfterUse() {
        final long before = usedHeap();
        for (int port = 1; port <= CONNECTIONS; port++) {
            final Connection connection = open(port);
            trace.in("P. 1:501(500) ack 1").in("P. 1001:1501(500) ack 1").in("P. 501:1001(500) ack 1");
            trace.read(connection, 1_500);
            trace.write(connection, 3_000);
            trace.in(". 1501:1501(0) ack 3001");
            trace.advance(1);
            trace.drain();
        }
        trace.advance(1_000);
        trace.drain();
        final long each = (usedHeap() - before) / CONNECTIONS;
        assertThat(trace.stack.pool().regionsInUse()).isZero();
        assertThat(each).isLessThan(4_096);
        Reference.reachabilityFence(trace);
    }

    /** TIME-WAIT takes a record of about a hundred bytes, with its place in the table, and nothing after its end. */
    @Test
    void openedAndClosed() {
        // A first run, so that tables have their size and classes are loaded.
        openAndClose();
        trace.advance(61_000);
        final long before = usedHeap();
        openAndClose();
        final long each = (usedHeap() - before) / CONNECTIONS;
        assertThat(trace.stack.tcp().connections()).isEmpty();
        assertThat(trace.stack.tcp().timeWaitCount()).isEqualTo(CONNECTIONS);
        assertThat(trace.stack.timers().armedTimers()).isEqualTo(1);
        assertThat(each).isLessThan(200);
        trace.advance(61_000);
        assertThat(trace.stack.tcp().timeWaitCount()).isZero();
        assertThat(trace.stack.timers().armedTimers()).isZero();
        assertThat(trace.stack.pool().regionsInUse()).isZero();
        assertThat(trace.stack.pool().packetsInUse()).isZero();
        assertThat(usedHeap() - before).isLessThan(CONNECTIONS * 8L);
        Reference.reachabilityFence(trace);
    }

    private void openAndClose() {
        for (int port = 1; port <= CONNECTIONS; port++) {
            open(port).close(trace.now());
            trace.in("F. 1:1(0) ack 2");
            trace.drain();
        }
        open.clear();
    }

    /** Half-open: a record, too. */
    @Test
    void halfOpen() {
        final TcpTrace large = new TcpTrace(TcpLimits.DEFAULT.withHalfOpen(CONNECTIONS));
        final TcpListener patient = large.listen(new TcpConfig());
        final long before = usedHeap();
        for (int port = 1; port <= CONNECTIONS; port++) {
            large.peerPort = port;
            large.in("S 0:0(0) <mss 1000,wscale 7,ts 5/0>");
            large.drain(); // The SYN-ACK.
        }
        final long each = (usedHeap() - before) / CONNECTIONS;
        assertThat(patient.halfOpen()).isEqualTo(CONNECTIONS);
        assertThat(each).isLessThan(300);
        assertThat(large.stack.pool().regionsInUse()).isZero();
        Reference.reachabilityFence(large);
    }

    private Connection open(final int port) {
        trace.peerPort = port;
        trace.forgetIss().in("S 0:0(0) <mss 1000,wscale 7>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        open.add(connection);
        return connection;
    }

    /** Bytes of live objects: the minimum after several collections. */
    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
