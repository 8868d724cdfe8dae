package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packetization Layer Path MTU Discovery: RFC 4821. The link takes 1,500 bytes, so the MSS is 1,460. */
@OverIpv4Only
class PathMtuProbingTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection established(final MtuProbingMode mode) {
        return established(mode, "<mss 1460>");
    }

    private Connection established(final MtuProbingMode mode, final String options) {
        final TcpListener listener = trace.listen(new TcpConfig()
                .timestamps(false)
                .windowScaling(false)
                .sendBufferBytes(1 << 20)
                .mtuProbing(mode));
        trace.in("S 0:0(0) win 65535 " + options).out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    // ---- A path that drops large packets silently

    /** The peer behind such a path: acknowledges data in order at once, and keeps the rest. */
    private final class Receiver {
        private final int mtu;
        private final List<int[]> early = new ArrayList<>();
        private int rcvNxt = 1;
        private int largest;
        private int lost;
        private final boolean sack;

        Receiver(final int mtu) {
            this(mtu, false);
        }

        Receiver(final int mtu, final boolean sack) {
            this.mtu = mtu;
            this.sack = sack;
        }

        /** One block around the last segment (RFC 2018 4), as far as data out of order is contiguous. */
        private String sackOf(final int[] last) {
            int left = last[0];
            int right = last[1];
            for (int i = 0; i < early.size(); i++) {
                for (final int[] piece : early) {
                    left = piece[1] == left ? piece[0] : left;
                    right = piece[0] == right ? piece[1] : right;
                }
            }
            return " <sack " + left + "-" + right + ">";
        }

        /** Exchanges segments and ACKs until none is in flight. */
        void run() {
            for (byte[] packet = trace.link.take(); packet != null; packet = trace.link.take()) {
                final int length = packet.length - 40;
                if (packet.length > mtu) {
                    lost++;
                    continue;
                }
                largest = Math.max(largest, packet.length);
                final int seq = ByteBuffer.wrap(packet).getInt(24) - trace.stackIss();
                final int[] last = {seq, seq + length};
                early.add(last);
                for (int i = 0; i < early.size(); i++) {
                    for (final int[] piece : early) {
                        rcvNxt = piece[0] <= rcvNxt ? Math.max(rcvNxt, piece[1]) : rcvNxt;
                    }
                }
                early.removeIf(piece -> piece[1] <= rcvNxt);
                trace.in(". 1:1(0) ack " + rcvNxt + (sack && seq > rcvNxt ? sackOf(last) : ""));
            }
        }

        /** Exchanges them until {@code bytes} have arrived, with timeouts. */
        void receive(final int bytes) {
            for (int i = 0; i < 1_000 && rcvNxt < 1 + bytes; i++) {
                run();
                if (rcvNxt < 1 + bytes) {
                    trace.advance(100);
                }
            }
            assertThat(rcvNxt).isEqualTo(1 + bytes);
        }
    }

    /** 7.7: after three timeouts in a row of a full segment, segments become small, and the connection survives. */
    @Test
    void blackHole() {
        final Connection connection = established(MtuProbingMode.BLACK_HOLE);
        trace.write(connection, 1_460);
        trace.out("P. 1:1461(1460) ack 1");
        trace.advance(200).out("P. 1:1461(1460) ack 1");
        trace.advance(400).out("P. 1:1461(1460) ack 1");
        trace.advance(800).out(". 1:1025(1024) ack 1");
        trace.in(". 1:1(0) ack 1025").out("P. 1025:1461(436) ack 1").in(". 1:1(0) ack 1461");
        assertThat(connection.mss).isEqualTo(1_024);
    }

    /** Still no ACK: segments become smaller again, down to 512 bytes. */
    @Test
    void deeperBlackHole() {
        final Connection connection = established(MtuProbingMode.BLACK_HOLE);
        trace.write(connection, 1_460);
        trace.out("P. 1:1461(1460) ack 1").advance(200).out("P. 1:1461(1460) ack 1");
        trace.advance(400).out("P. 1:1461(1460) ack 1").advance(800).out(". 1:1025(1024) ack 1");
        trace.advance(1_600).out(". 1:513(512) ack 1").advance(3_200).out(". 1:513(512) ack 1");
        trace.advance(6_400).out(". 1:513(512) ack 1").quiet();
    }

    /** OFF never reduces the size. */
    @Test
    void off() {
        final Connection connection = established(MtuProbingMode.OFF);
        trace.write(connection, 1_460);
        for (int rto = 200; rto < 10_000; rto *= 2) {
            trace.out("P. 1:1461(1460) ack 1").advance(rto);
        }
        trace.out("P. 1:1461(1460) ack 1");
    }

    /** The timeout of a small segment, or one with a closed window, does not reduce the size. */
    @Test
    void timeoutsForOtherReasons() {
        final Connection connection = established(MtuProbingMode.BLACK_HOLE);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").advance(10_000);
        assertThat(connection.mss).isEqualTo(1_460);
    }

    /** The search ends within eight bytes of the path's MTU, and lost probes do not reduce the window. */
    @ParameterizedTest
    @ValueSource(ints = {1_499, 1_480, 1_400, 1_280, 1_100, 1_064})
    void findsTheMtuOfABlackHole(final int mtu) {
        final Connection connection = established(MtuProbingMode.BLACK_HOLE);
        final Receiver receiver = new Receiver(mtu);
        trace.write(connection, 400_000);
        receiver.receive(400_000);
        assertThat(connection.mss + 40).isBetween(mtu - 8, mtu);
        assertThat(receiver.largest).isEqualTo(connection.mss + 40);
    }

    /** The same with SACK. */
    @ParameterizedTest
    @ValueSource(ints = {1_499, 1_480, 1_400, 1_280, 1_100, 1_064})
    void findsTheMtuWithSack(final int mtu) {
        final Connection connection = established(MtuProbingMode.ON, "<mss 1460,sackOK>");
        final Receiver receiver = new Receiver(mtu, true);
        trace.write(connection, 400_000);
        receiver.receive(400_000);
        assertThat(connection.mss + 40).isBetween(mtu - 8, mtu);
        assertThat(connection.congestion.ssthresh()).as("no reduction").isGreaterThan(1_000_000);
        assertThat(trace.stack.statistics().retransmissionTimeouts).isZero();
    }

    /** A path without a limit, after an outage: the first probe has the full size. */
    @Test
    void afterAnOutage() {
        final Connection connection = established(MtuProbingMode.BLACK_HOLE);
        trace.write(connection, 1_460);
        for (int i = 0; i < 3; i++) {
            trace.out("P. 1:1461(1460) ack 1").advance(200 << i);
        }
        assertThat(connection.mss).isEqualTo(1_024);
        final Receiver receiver = new Receiver(1_500);
        trace.write(connection, 100_000);
        receiver.receive(101_460);
        assertThat(connection.mss).isEqualTo(1_460);
        assertThat(receiver.lost).isZero();
    }

    // ---- Probes

    /** 7.2: "always" starts with segments of 1,024 bytes. */
    private Connection probing(final int bytes) {
        final Connection connection = established(MtuProbingMode.ON);
        trace.write(connection, bytes);
        return connection;
    }

    /** A probe is one segment of new data, with enough data behind it to detect its loss (7.4). */
    @Test
    void probeThatArrives() {
        final Connection connection = probing(10_000);
        trace.out(". 1:1461(1460) ack 1").out(". 1461:2485(1024) ack 1");
        takeAll();
        trace.in(". 1:1(0) ack 1461");
        assertThat(connection.mss).isEqualTo(1_460);
        trace.in(". 1:1(0) ack 10001").quiet();
        trace.write(connection, 2_920);
        trace.out(". 10001:11461(1460) ack 1").out("P. 11461:12921(1460) ack 1").quiet();
    }

    /** 7.6.2: the data of a lost probe is retransmitted in small segments; the window does not shrink. */
    @Test
    void probeThatIsLost() {
        final Connection connection = probing(8_000);
        trace.out(". 1:1461(1460) ack 1");
        takeAll();
        final int cwnd = connection.congestion.cwnd();
        final int ssthresh = connection.congestion.ssthresh();
        trace.in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .out(". 1:1025(1024) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 1025").out(". 1025:2049(1024) ack 1");
        trace.in(". 1:1(0) ack 8001").quiet();
        assertThat(connection.mss).isEqualTo(1_024);
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
        // The next one is in the middle between 1,024 and 1,459.
        trace.write(connection, 8_000);
        trace.out(". 8001:9242(1241) ack 1").out(". 9242:10266(1024) ack 1");
    }

    /** 7.6.4: a loss before the probe is congestion, and the result of the probe is unknown. */
    @Test
    void lossBeforeTheProbe() {
        final Connection connection = established(MtuProbingMode.ON);
        trace.write(connection, 1_024);
        trace.out("P. 1:1025(1024) ack 1");
        trace.write(connection, 8_000);
        trace.out(". 1025:2485(1460) ack 1");
        takeAll();
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1").in(". 1:1(0) ack 1").out(". 1:1025(1024) ack 1");
        assertThat(connection.congestion.ssthresh()).isLessThan(10_000);
        assertThat(connection.mss).isEqualTo(1_024);
        trace.in(". 1:1(0) ack 9025").quiet();
        trace.write(connection, 8_000);
        // ssthresh is low, so the window may delay the probe; its size is the full one.
        takeAll();
        assertThat(connection.mss).isEqualTo(1_024);
    }

    /** Too little data behind it, or too small a window: no probe. */
    @Test
    void notEnoughData() {
        probing(1_460 + 4 * 1_024 - 1);
        trace.out(". 1:1025(1024) ack 1");
        takeAll();
    }

    @Test
    void peersWindowTooSmall() {
        final TcpListener listener = trace.listen(new TcpConfig()
                .timestamps(false)
                .windowScaling(false)
                .sendBufferBytes(1 << 20)
                .mtuProbing(MtuProbingMode.ON));
        trace.in("S 0:0(0) win 5000 <mss 1460>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1 win 5000");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 20_000);
        trace.out(". 1:1025(1024) ack 1");
        takeAll();
    }

    /** 7.4: one probe at a time. */
    @Test
    void oneProbeAtATime() {
        probing(40_000);
        trace.out(". 1:1461(1460) ack 1");
        for (byte[] packet = trace.link.take(); packet != null; packet = trace.link.take()) {
            assertThat(packet.length).isLessThanOrEqualTo(1_064);
        }
    }

    /** Ten minutes after the end of the search the full size is tried again. */
    @Test
    void triesAgainAfterTenMinutes() {
        final Connection connection = probing(400_000);
        final Receiver receiver = new Receiver(1_280);
        receiver.receive(400_000);
        assertThat(connection.mss + 40).isBetween(1_272, 1_280);
        final Receiver wider = new Receiver(1_500);
        wider.rcvNxt = receiver.rcvNxt;
        trace.write(connection, 100_000);
        wider.receive(500_000);
        assertThat(connection.mss + 40).isBetween(1_272, 1_280);
        trace.advance(600_000);
        trace.write(connection, 100_000);
        wider.receive(600_000);
        assertThat(connection.mss).isEqualTo(1_460);
    }

    private void takeAll() {
        trace.drain(); // not checked here
    }
}
