package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.congestion.CongestionControl;
import io.tapstack.tcp.recovery.AckArrival;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** More faults that an independent review of the code found and proved. */
class SecondReviewTraceTest {
    private TcpTrace trace = new TcpTrace();

    private static final class Mapped extends Region {
        IntSupplier intact = () -> bytes().capacity();

        Mapped(final int size) {
            super(ByteBuffer.allocateDirect(size));
        }

        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public int intactBytes() {
            return intact.getAsInt();
        }

        @Override
        public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
            final int there = Math.max(0, Math.min(length, intactBytes() - offset));
            target.put(targetOffset, bytes(), offset, there);
            return there;
        }

        @Override
        protected void recycle() {}
    }

    /** A window that nothing changes. */
    private static final class FixedWindow implements CongestionControl {
        private final int window;
        int restarts;

        FixedWindow(final int window) {
            this.window = window;
        }

        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public void established(final int mss, final int initialWindow) {}

        @Override
        public void takeOver(final CongestionControl previous) {}

        @Override
        public void mss(final int mss) {}

        @Override
        public int cwnd() {
            return window;
        }

        @Override
        public int ssthresh() {
            return window;
        }

        @Override
        public void acknowledged(final AckSample ack) {}

        @Override
        public void lossDetected(final int flight, final long nowNanos) {}

        @Override
        public void recovered(final int flight, final long nowNanos) {}

        @Override
        public void timedOut(final int flight, final boolean first, final long nowNanos) {}

        @Override
        public void undo(final long nowNanos) {}

        @Override
        public void restartAfterIdle(final long idleNanos, final long rtoNanos) {
            restarts++;
        }
    }

    /** 13: the byte of the probe is gone. */
    @Test
    void r13ProbeOfACutShortFile() {
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        final Mapped file = new Mapped(3_000);
        trace.append(c, file, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        file.intact = () -> 1_000;
        trace.advance(60_000);
        assertThat(c.state() + " sndNxt " + (c.sndNxt - c.sndUna) + " sent " + (trace.link.take() != null))
                .isEqualTo("CLOSED sndNxt 0 sent true");
    }

    /** 14: cut short while the device read the probe: a timer on a closed connection. */
    @Test
    void r14TimerOfAClosedConnection() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        final Mapped file = new Mapped(3_000);
        trace.append(c, file, 3_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        final int[] looks = {0};
        file.intact = () -> looks[0]++ == 0 ? 3_000 : 1_000;
        trace.advance(200);
        assertThat(c.state()).isEqualTo(TcpState.CLOSED);
        trace.link.takeSent();
        assertThat(c.persistTimer.isRunning()).isFalse();
    }

    /** 15: the next incarnation's ISN. */
    @Test
    void r15IsnOfTheSuccessor() {
        final TcpConnection c = trace.established(new TcpConfig());
        for (int i = 0; i < 40; i++) {
            trace.write(c, 60_000);
            for (int n = 0; c.sndUna != c.sndNxt; n++) {
                trace.link.takeSent();
                trace.in(". 1:1(0) ack " + Integer.toUnsignedString(c.sndNxt - c.iss));
            }
        }
        c.close(trace.now());
        trace.link.take();
        trace.in("F. 1:1(0) ack " + Integer.toUnsignedString(c.sndNxt - c.iss));
        trace.link.take();
        assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.advance(100);
        trace.in("S 100000:100000(0) win 65535 <mss 1000>");
        final byte[] synAck = trace.link.next();
        assertThat(ByteBuffer.wrap(synAck).getInt(24) - c.sndNxt).isPositive();
    }

    /** 17: nobody owns it, the peer says 0 for ever. */
    @Test
    void r17OrphanBehindAClosedWindow() {
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 500_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        c.close(trace.now());
        for (int i = 0; i < 24 * 60; i++) { // a day
            trace.advance(60_000);
            while (trace.link.take() != null) {
                trace.in(". 1:1(0) ack 1001 win 0");
            }
        }
        assertThat(c.state() + " holds " + c.sendQueue.chargedBytes()).isEqualTo("CLOSED holds 0");
    }

    /** 18: rounding down takes back what was promised. */
    @Test
    void r18RightEdgeMovesBack() {
        final TcpListener l = trace.listen(new TcpConfig().timestamps(false).receiveBufferBytes(1 << 29));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 5>");
        trace.out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final TcpConnection c = l.accept();
        int seq = 1;
        for (int i = 0; i < 5_000; i++) {
            final int before = c.rcvAdv;
            final int n = 700 + i % 31;
            trace.in("P. " + seq + ":" + (seq + n) + "(" + n + ") ack 1");
            seq += n;
            trace.read(c, i % 3 == 0 ? 100 : 1_000);
            trace.poll();
            trace.link.takeSent();
            assertThat(c.rcvAdv - before).as("step " + i).isNotNegative();
        }
    }

    /** 19: duplicate ACKs inflate beyond what is in flight. */
    @Test
    void r19InflationIsBounded() {
        final TcpConnection c = trace.established(new TcpConfig());
        trace.write(c, 60_000);
        trace.link.takeSent();
        final AckArrival duplicate = new AckArrival();
        for (int i = 0; i < 2_200_000; i++) {
            duplicate.begin(trace.now(), c.sndUna, c.sndNxt);
            duplicate.duplicate = true;
            c.recovery.ackArrives(duplicate);
        }
        assertThat(c.recovery.window(0)).isBetween(0, c.sndNxt - c.sndUna);
    }

    /** 21: data behind an announced FIN. */
    @Test
    void r21DataBehindTheFin() {
        final TcpConnection c = trace.established(new TcpConfig());
        trace.in("F. 101:101(0) ack 1");
        trace.in(". 1:201(200) ack 1");
        assertThat(c.state() + " " + c.readableBytes()).isEqualTo("CLOSE_WAIT 100");
    }

    /** 22: a path MTU that another connection learned, and super-segments. */
    @Test
    void r22PathMtuOfOthersAndSuperSegments() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
        final TcpListener l = trace.listen(new TcpConfig().timestamps(false));
        trace.in("S 0:0(0) win 65535 <mss 1460>");
        trace.out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final TcpConnection c = l.accept();
        c.path.reduceMtu(1_000); // somebody else
        trace.write(c, 10_000);
        assertThat(c.mss).isEqualTo(960);
    }

    /** 23: in the middle of a flight that crosses the ISN. */
    @Test
    void r23RetransmissionAcrossTheIss() {
        final TcpConnection c = trace.established(new TcpConfig());
        c.sndUna = c.iss - 1000;
        c.sndNxt = c.sndUna;
        c.sndWl2 = c.sndUna;
        c.recovery.established(c.sndUna, c.mss);
        trace.write(c, 3_000);
        trace.link.takeSent();
        trace.in(". 1:1(0) ack 0").quiet();
        trace.advance(200).out(". 0:1000(1000) ack 1");
    }

    /** 24: the SYN-ACK with scaling: what is accepted is more than what the SYN-ACK promised. */
    @Test
    void r24KeepAliveWithDataInFlight() {
        final TcpConfig config = new TcpConfig()
                .keepAlive(true)
                .keepAliveIdleNanos(1_000_000_000L)
                .keepAliveIntervalNanos(100_000_000L)
                .keepAliveCount(3);
        final TcpConnection c = trace.established(config);
        trace.write(c, 100);
        trace.advance(5_000);
        assertThat(c.error()).isNull();
    }

    /** 25: cut short while the device read new data, in answer to an ACK after which a reordering timer would start. */
    @Test
    void r25ReorderingTimerOfAClosedConnection() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final TcpConnection c = trace.establishedWithSack(new TcpConfig(), 100);
        final Mapped file = new Mapped(100_000);
        trace.append(c, file, 100_000);
        while (trace.link.take() != null) {}
        trace.advance(100);
        final int[] looks = {0};
        file.intact = () -> looks[0]++ == 0 ? 100_000 : 1_000;
        trace.in(". 1:1(0) ack 1 <sack 1001-2001>");
        assertThat(c.state()).isEqualTo(TcpState.CLOSED);
        while (trace.link.take() != null) {}
        trace.noLeaks();
    }

    /** 26: the same in the tail loss probe. */
    @Test
    void r26RetransmissionTimerOfAClosedConnection() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final TcpConnection c = trace.establishedWithSack(new TcpConfig(), 100);
        c.config().cork(true);
        final Mapped file = new Mapped(2_300);
        trace.append(c, file, 2_300);
        while (trace.link.take() != null) {}
        final int[] looks = {0};
        file.intact = () -> looks[0]++ == 0 ? 2_300 : 1_000;
        trace.advance(210);
        assertThat(c.state()).isEqualTo(TcpState.CLOSED);
        while (trace.link.take() != null) {}
        trace.noLeaks();
    }

    /**
     * 27: data that is sent again is data that is sent (RFC 5681 4.1): a window is not stale because nothing new went
     * out meanwhile.
     */
    @Test
    void r27RepairIsNoSilence() {
        final TcpListener listener = trace.listen(new TcpConfig().windowScaling(false));
        trace.in("S 0:0(0) <mss 1012,sackOK,ts 1/0>").out("S. 0:0(0) ack 1").advance(100);
        trace.in(". 1:1(0) ack 1 <ts 1/0>");
        final TcpConnection c = Objects.requireNonNull(listener.accept());
        final FixedWindow window = new FixedWindow(60_000);
        c.congestion = window;
        trace.write(c, 50_000);
        while (trace.link.take() != null) {}
        trace.advance(100);
        trace.in(". 1:1(0) ack 1 <ts 1/0,nop,nop,sack 1001-50001>");
        trace.out(". 1:1001(1000) ack 1").quiet();
        // That is lost as well, and sent again by the timer.
        while (c.timeouts == 0) {
            trace.advance(1);
        }
        trace.out(". 1:1001(1000) ack 1").quiet();
        final String echo = Integer.toUnsignedString(c.timestamps.value(trace.now()));
        trace.advance(100);
        trace.in(". 1:1(0) ack 50001 <ts 1/" + echo + ">");
        trace.write(c, 1_000);
        trace.out("P. 50001:51001(1000) ack 1");
        assertThat(window.restarts).isZero();
        trace.in(". 1:1(0) ack 51001 <ts 1/" + echo + ">");
        c.close(trace.now());
        trace.noLeaks();
    }
}
