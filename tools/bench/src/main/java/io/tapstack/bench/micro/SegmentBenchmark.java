package io.tapstack.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a segment from the device's edge to the application's and back, through the whole stack: state machine,
 * timers, congestion control and accounting. One operation is one segment (with offload, one super-segment of 45 full
 * ones). {@code -prof gc} must show 0 bytes for each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SegmentBenchmark {

    private static final int SEGMENTS_IN_SUPER = 45;
    private static final int BATCH = 64;

    /** Longer than the longest retransmission timeout of a batch. */
    private static final long AFTER_RTO_NANOS = 1_000_000_000L;

    @Param({"false", "true"})
    private boolean offload;

    @SuppressWarnings("NullAway.Init")
    private EstablishedStack established;

    @SuppressWarnings("NullAway.Init")
    private ScriptedPeer peer;

    private int segment;

    /** JMH sets the parameter itself. */
    public SegmentBenchmark() {}

    SegmentBenchmark(final boolean offload) {
        this.offload = offload;
    }

    @Setup(Level.Trial)
    public void open() throws Exception {
        established = new EstablishedStack(offload);
        peer = established.peer;
        segment = offload ? SEGMENTS_IN_SUPER * ScriptedPeer.MSS : ScriptedPeer.MSS;
        // Slow start, until a batch fits into cwnd. It grows by the bytes that an ACK acknowledges, up to a limit, so
        // each segment has its own ACK.
        for (int i = 0; i < BATCH; i++) {
            final int start = peer.rcvNxt();
            for (int j = 0; j < BATCH; j++) {
                established.send(segment);
            }
            while (established.connection.unacknowledgedBytes() > 0) {
                peer.sendAck(peer.rcvNxt());
                established.poll();
            }
            EstablishedStack.check(peer.rcvNxt() - start == BATCH * segment, "the flight is incomplete");
        }
    }

    /** Sends a segment by reference, and receives its ACK. */
    @Benchmark
    public void sendAndAcknowledge() throws Exception {
        final long before = peer.segmentsHeard();
        established.send(segment);
        peer.sendAck(peer.rcvNxt());
        established.poll();
        EstablishedStack.check(peer.segmentsHeard() == before + 1, "not exactly one segment");
    }

    /** Sends a flight of segments, acknowledged all at once: the rest of the cost is sending. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void sendFlight() throws Exception {
        final long before = peer.segmentsHeard();
        for (int i = 0; i < BATCH; i++) {
            established.send(segment);
        }
        EstablishedStack.check(peer.segmentsHeard() == before + BATCH, "the flight was held back");
        peer.sendAck(peer.rcvNxt());
        established.poll();
    }

    /** Receives an ACK of one full-sized segment of a flight that was sent in as few pieces as possible. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS_IN_SUPER)
    public void acknowledge() throws Exception {
        final int start = peer.rcvNxt();
        established.send(SEGMENTS_IN_SUPER * ScriptedPeer.MSS);
        for (int i = 1; i <= SEGMENTS_IN_SUPER; i++) {
            peer.sendAck(start + i * ScriptedPeer.MSS);
        }
        established.poll();
        EstablishedStack.check(established.connection.unacknowledgedBytes() == 0, "not everything is acknowledged");
    }

    /** Receives a segment, which the application reads; every second one is acknowledged. */
    @Benchmark
    public int receive() throws Exception {
        peer.sendData(segment);
        established.poll();
        final int read = established.read();
        EstablishedStack.check(read == segment, "not the bytes sent");
        return read;
    }

    /**
     * Sends a segment that is lost; the retransmission timer expires, the same bytes are sent again, and acknowledged.
     */
    @Benchmark
    public void retransmit() throws Exception {
        final long before = peer.segmentsHeard();
        established.send(ScriptedPeer.MSS);
        established.pass(AFTER_RTO_NANOS);
        EstablishedStack.check(peer.segmentsHeard() == before + 2, "not retransmitted once");
        peer.sendAck(peer.rcvNxt());
        established.poll();
    }
}
