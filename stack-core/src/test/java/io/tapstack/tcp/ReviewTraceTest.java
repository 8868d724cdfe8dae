package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Faults that an independent review of the code found and proved, kept as they were proved. */
class ReviewTraceTest {
    private final TcpTrace trace = new TcpTrace();

    /** 1: the probe carried the last byte; the timer lives on and sends a FIN nobody asked for. */
    @Test
    void r1ProbeOfTheLastByteMustNotBecomeAFin() {
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 1_001);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1002 win 0").quiet();
        trace.advance(60_000).quiet();
        assertThat(c.finSent).isFalse();
    }

    /** 2a: FIN probe acknowledged, window still closed: the timer lives on in FIN-WAIT-2. */
    @Test
    void r2aFinProbeAcknowledged() {
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 1_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        c.shutdownOutput(trace.now());
        trace.advance(200).out("F. 1001:1001(0) ack 1");
        trace.in(". 1:1(0) ack 1002 win 0").quiet();
        assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
        trace.advance(60_000).quiet();
    }

    /** 2b: ... and window open: bogus FIN, RTO, ETIMEDOUT of a living half-closed connection. */
    @Test
    void r2bFinProbeAcknowledgedWindowOpen() {
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 1_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        c.shutdownOutput(trace.now());
        trace.advance(200).out("F. 1001:1001(0) ack 1");
        trace.in(". 1:1(0) ack 1002 win 5000").quiet();
        final StringBuilder sent = new StringBuilder();
        trace.advance(3_600_000);
        int n = 0;
        while (trace.link.take() != null) {
            n++;
        }
        assertThat(c.state() + " sent " + n + " error " + c.error()).isEqualTo("FIN_WAIT_2 sent 0 error null");
    }

    /** 3: sequence numbers come round to the ISN. */
    @Test
    void r3SequenceComesRoundToTheIss() {
        final TcpConnection c = trace.established(new TcpConfig());
        // 4 GiB later.
        c.sndUna = c.iss - 1000;
        c.sndNxt = c.sndUna;
        c.sndWl2 = c.sndUna;
        c.recovery.established(c.sndUna, c.mss);
        trace.write(c, 1_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 0").quiet();
        assertThat(c.sndUna).isEqualTo(c.iss);
        trace.write(c, 10);
        trace.out(". 0:10(10) ack 1").quiet();
    }

    /** 4: peer with a small window that talks more often than our RTO: override timeout never comes. */
    @Test
    void r4OverrideTimeoutIsPostponedForEver() {
        final TcpConnection c = trace.established(new TcpConfig());
        trace.in(". 1:1(0) ack 1 win 100").quiet();
        trace.write(c, 1_000);
        trace.quiet();
        int sentBytes = 0;
        for (int i = 0; i < 100; i++) { // 10 s
            trace.in("P. " + (1 + i) + ":" + (2 + i) + "(1) ack 1 win 100");
            trace.advance(100);
            byte[] p;
            while ((p = trace.link.take()) != null) {
                sentBytes += p.length - 40;
            }
        }
        assertThat(sentBytes).isPositive();
    }

    /** 5: delayed ACK while the device is full is forgotten. */
    @Test
    void r5DelayedAckAndFullDevice() {
        trace.established(new TcpConfig());
        trace.in("P. 1:101(100) ack 1").quiet();
        trace.link.room(0);
        trace.advance(50);
        trace.link.room(100);
        trace.advance(1_000);
        trace.out(". 1:1(0) ack 101");
    }

    /** 6: window taken back to zero with data in flight; the peer lives and answers each retransmission. */
    @Test
    void r6ShrunkToZeroAndAnswered() {
        final TcpConnection c = trace.established(new TcpConfig());
        trace.write(c, 1_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 1 win 0").quiet();
        for (int i = 0; i < 40; i++) {
            trace.advance(121_000);
            while (trace.link.take() != null) {
                trace.in(". 1:1(0) ack 1 win 0");
            }
        }
        assertThat(c.error()).isNull();
    }

    /** 7: after a timeout one ACK for the whole old flight opens the window by half of it. */
    @Test
    void r7SlowStartAfterTimeout() {
        final TcpConnection c = trace.established(new TcpConfig().initialWindowSegments(40));
        trace.write(c, 100_000);
        int n = 0;
        while (trace.link.take() != null) {
            n++;
        }
        assertThat(n).isEqualTo(40);
        trace.advance(200).out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 40001");
        n = 0;
        while (trace.link.take() != null) {
            n++;
        }
        assertThat(n).isLessThanOrEqualTo(3);
    }

    /** 8: limited transmit counted into FlightSize. */
    @Test
    void r8LimitedTransmitNotInFlightSize() {
        final TcpConnection c = trace.established(new TcpConfig().congestionControl("newreno"));
        trace.write(c, 50_000);
        trace.link.takeSent();
        for (int i = 0; i < 3; i++) {
            trace.in(". 1:1(0) ack 1");
        }
        assertThat(c.congestion.ssthresh()).isEqualTo(5_000);
    }

    /** 9: rounding up lets the right edge creep: a peer of small segments overruns SO_RCVBUF. */
    @Test
    void r9WindowCreeps() {
        final TcpListener l =
                trace.listen(new TcpConfig().timestamps(false).quickAck(true).receiveBufferBytes(1 << 20));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 5>");
        trace.out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final TcpConnection c = l.accept();
        int seq = 1;
        for (int i = 0; i < 50_000; i++, seq += 31) {
            trace.in(". " + seq + ":" + (seq + 31) + "(31) ack 1");
            trace.link.takeSent();
        }
        assertThat(c.readableBytes()).isLessThanOrEqualTo((1 << 20) + 1_460 + 32);
    }

    /** 10: pure ACK of a probe whose byte was taken, after a retraction that sent nothing. */
    @Test
    void r10ProbeRetractedThenAcknowledged() {
        final TcpConnection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1001 win 10").quiet(); // crossed the probe
        trace.in(". 1:1(0) ack 1002 win 9").quiet(); // takes the probe's byte
        assertThat(c.sndUna - c.iss).isEqualTo(1002);
    }

    /** 11: Nagle after 3 GiB of full segments. */
    @Test
    void r11NagleMarkerGoesStale() {
        final TcpConnection c = trace.established(new TcpConfig());
        trace.write(c, 10);
        trace.link.take();
        trace.in(". 1:1(0) ack 11");
        // 3 GiB of full segments later.
        for (int i = 0; i < 3; i++) {
            c.sndNxt += 1 << 30;
            c.sndUna = c.sndNxt - 1;
            c.recovery.established(c.sndUna, c.mss);
            trace.in(". 1:1(0) ack " + Integer.toUnsignedString(c.sndNxt - c.iss));
        }
        trace.write(c, 10);
        assertThat(trace.link.take()).isNotNull();
    }

    /** 12: RTT sample of an ambiguous SYN-ACK (Karn). */
    @Test
    void r12RepeatedSynAck() {
        final TcpListener l = trace.listen(new TcpConfig().timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) win 65535 <mss 1000>");
        trace.out("S. 0:0(0) ack 1");
        trace.advance(900);
        trace.in("S 0:0(0) win 65535 <mss 1000>");
        trace.out("S. 0:0(0) ack 1");
        trace.advance(10);
        trace.in(". 1:1(0) ack 1");
        assertThat(l.accept().estimator.srtt()).isZero();
    }
}
