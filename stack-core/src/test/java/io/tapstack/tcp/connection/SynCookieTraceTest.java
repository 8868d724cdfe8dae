package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SYN cookies: RFC 4987 3.6 and appendix A. */
class SynCookieTraceTest {

    private final TcpTrace trace = new TcpTrace(TcpLimits.DEFAULT.withHalfOpen(4));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private TcpListener always() {
        return trace.listen(new TcpConfig().synCookies(SynCookieMode.ALWAYS));
    }

    /** The SYN leaves no state; the ACK alone creates the connection, which then works as any other. */
    @Test
    void handshake() {
        final TcpListener listener = always();
        trace.in("S 0:0(0) win 5000 <mss 1000>")
                .out("S. 0:0(0) ack 1 win 65535 <mss 1460>")
                .quiet();
        assertThat(listener.halfOpen()).isZero();
        assertThat(trace.stack.timers().armedTimers()).isZero();
        trace.advance(30_000).quiet();
        trace.in(". 1:1(0) ack 1 win 5000").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.in("P. 1:101(100) ack 1 win 5000").advance(40).out(". 1:1(0) ack 101");
        assertThat(connection.readableBytes()).isEqualTo(100);
        trace.write(connection, 2_000);
        // The cookie encodes the MSS of 1000 as 536.
        trace.out(". 1:537(536) ack 101").out(". 537:1073(536) ack 101");
        trace.in(". 101:101(0) ack 1073 win 5000");
    }

    /** Appendix A: the MSS is rounded down to one of eight. */
    @ParameterizedTest
    @CsvSource({"40, 48", "536, 536", "1219, 536", "1300, 1300", "1460, 1460", "8959, 1460", "65495, 1460"})
    void mssIsRemembered(final int offered, final int used) {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss " + offered + ">").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        assertThat(TcpTrace.accept(listener).segmentBytes()).isEqualTo(used);
    }

    /** Without an MSS option it is 536, over IPv6 1,220 (RFC 9293 3.7.1, MUST-15). */
    @Test
    void noMss() {
        final TcpListener listener = always();
        trace.in("S 0:0(0)").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        assertThat(TcpTrace.accept(listener).segmentBytes()).isEqualTo(TcpTrace.DEFAULT_MSS);
    }

    /** The echoed timestamp encodes the other options. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 14})
    void optionsInTheTimestamp(final int shift) {
        final TcpListener listener = always();
        trace.in("S 0:0(0) win 1000 <mss 1460,wscale " + shift + ",ts 70/0>")
                .out("S. 0:0(0) ack 1 <mss 1460,ts *,wscale 7>");
        final int marked = trace.lastTimestamp();
        assertThat(marked & 15).isEqualTo(shift);
        trace.in(". 1:1(0) ack 1 win 50 <ts 71/" + Integer.toUnsignedString(marked) + ">")
                .quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.timestamps.enabled()).isTrue();
        assertThat(connection.windowScale.sendShift()).isEqualTo(shift);
        assertThat(connection.sndWnd).isEqualTo(50 << shift);
        assertThat(connection.timestamps.tsRecent()).isEqualTo(71);
        // RFC 7323 5.4: our clock does not run backwards.
        assertThat(connection.timestamps.value(trace.now()) - marked).isNotNegative();
    }

    /** Without timestamps no place is left for them: window scaling is not offered. */
    @Test
    void noTimestampsNoOptions() {
        final TcpListener listener = always();
        trace.in("S 0:0(0) win 1000 <mss 1460,wscale 7,sackOK>").out("S. 0:0(0) ack 1 <mss 1460>");
        trace.in(". 1:1(0) ack 1 win 1000");
        assertThat(TcpTrace.accept(listener).sndWnd).isEqualTo(1_000);
    }

    /** The final ACK was lost: the first data creates the connection. */
    @Test
    void dataMakesTheConnection() {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in("FP. 1:101(100) ack 1").out(". 1:1(0) ack 102").quiet();
        assertThat(TcpTrace.accept(listener).readableBytes()).isEqualTo(100);
    }

    /** RFC 9293 3.10.7.2, second: an ACK without a valid cookie is reset and counted. */
    @ParameterizedTest
    @ValueSource(longs = {0, 2, 17, 1_000_000, 0x8000_0001L})
    void guessed(final long ack) {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack " + ack).out("R " + ack + ":" + ack + "(0)").quiet();
        assertThat(listener.pending()).isZero();
        assertThat(trace.stack.statistics().synCookiesFailed).isEqualTo(1);
    }

    /** A cookie is valid for its own 4-tuple and ISN. */
    @Test
    void foreign() {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in(". 2:2(0) ack 1").out("R 1:1(0)");
        trace.peerPort++;
        trace.in(". 1:1(0) ack 1").out("R 1:1(0)");
        assertThat(listener.pending()).isZero();
    }

    /** The secret changes each minute, and is valid for another minute. */
    @ParameterizedTest
    @CsvSource({"59, true", "119, true", "121, false", "600, false"})
    void age(final int seconds, final boolean honoured) {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        final int iss = trace.stackIss();
        trace.advance(seconds * 1_000L);
        trace.stackIss(iss);
        trace.in(". 1:1(0) ack 1");
        if (honoured) {
            trace.quiet();
        } else {
            trace.out("R 1:1(0)").quiet();
        }
        assertThat(listener.pending()).isEqualTo(honoured ? 1 : 0);
    }

    /** A cookie of the last minute is valid after a change of the secret, but not two minutes later. */
    @Test
    void oldSecret() {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        final int old = trace.stackIss();
        trace.advance(61_000);
        trace.peerPort++;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        assertThat(trace.stackIss()).isNotEqualTo(old);
        trace.peerPort--;
        trace.stackIss(old);
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(listener.pending()).isEqualTo(1);
        trace.advance(60_000);
        trace.in(". 1:1(0) ack 1").quiet(); // the connection's
        trace.peerPort = 50_000;
        trace.in(". 1:1(0) ack 1").out("R 1:1(0)");
    }

    /** AUTO: only when the SYN queue is full; half-open connections in it continue. */
    @Test
    void whenTheQueueOverflows() {
        final TcpListener listener = trace.listen(new TcpConfig());
        for (int port = 1; port <= 4; port++) {
            trace.peerPort = port;
            trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        }
        final int inQueue = trace.stackIss();
        assertThat(trace.stack.statistics().synCookiesSent).isZero();
        trace.peerPort = 5;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").quiet();
        assertThat(trace.stack.statistics().synCookiesSent).isEqualTo(1);
        assertThat(listener.halfOpen()).isEqualTo(4);
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(TcpTrace.accept(listener).remote().port()).isEqualTo(5);
        trace.peerPort = 4;
        trace.stackIss(inQueue);
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(TcpTrace.accept(listener).remote().port()).isEqualTo(4);
    }

    /** NEVER: SYNs beyond the SYN queue are dropped, and no ACK is checked for a cookie. */
    @Test
    void never() {
        final TcpListener listener = always();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        listener.config().synCookies(SynCookieMode.NEVER);
        trace.in(". 1:1(0) ack 1").out("R 1:1(0)").quiet();
    }

    /** A full accept queue: the ACK is dropped, and the peer sends its data until there is room. */
    @Test
    void acceptQueueIsFull() {
        final TcpListener listener = trace.listen(new TcpConfig().synCookies(SynCookieMode.ALWAYS), 0);
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        final int second = trace.stackIss();
        trace.peerPort++;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        trace.peerPort--;
        trace.stackIss(second);
        trace.in(". 1:1(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 1);
        assertThat(TcpTrace.accept(listener)).isNotNull();
        trace.in("P. 1:101(100) ack 1");
        assertThat(TcpTrace.accept(listener).readableBytes()).isEqualTo(100);
    }

    /** After 100,000 SYNs only the SYN queue is left: no connection, no block of memory, one timer. */
    @Test
    void flood() {
        final TcpListener listener = trace.listen(new TcpConfig());
        int answers = 0;
        for (int syn = 0; syn < 100_000; syn++) {
            trace.peerPort = 1 + syn % 60_000;
            trace.peerIss += 7;
            trace.in("S 0:0(0) <mss 1000>");
            while (trace.link.take() != null) {
                answers++;
            }
        }
        assertThat(answers).isEqualTo(100_000);
        assertThat(listener.halfOpen()).isEqualTo(4);
        assertThat(trace.stack.tcp().connections()).isEmpty();
        assertThat(trace.stack.timers().armedTimers()).isEqualTo(1);
        assertThat(trace.stack.pool().regionsInUse()).isZero();
        assertThat(trace.stack.statistics().synCookiesSent).isGreaterThan(99_000);
    }

    /** RFC 3168 6.1.1: without timestamps no state records the offer of ECN, so ECN is not agreed. */
    @Test
    void noEcnWithoutTimestamps() {
        final TcpListener listener = always();
        trace.in("SEW 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1");
        assertThat(TcpTrace.accept(listener)).isNotNull();
    }
}
