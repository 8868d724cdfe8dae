package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** TIME-WAIT: RFC 9293 3.6.1, 3.10.7.4; reuse: RFC 6191; assassination: RFC 1337. */
class TimeWaitTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private TcpConnection timeWait() {
        final TcpConnection connection = trace.established(new TcpConfig());
        close(connection);
        return connection;
    }

    private void close(final TcpConnection connection) {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2").in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    @Test
    void lastsTwoMaximumSegmentLifetimes() {
        final TcpConnection connection = timeWait();
        trace.advance(59_999).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.advance(1).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** Fifth, TIME-WAIT: a repeated FIN is acknowledged and starts the 2 MSL again. */
    @Test
    void repeatedFinStartsItAgain() {
        final TcpConnection connection = timeWait();
        trace.advance(50_000).in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        trace.advance(59_999);
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.advance(1);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** RFC 1337: a RST does not end it. */
    @Test
    void resetIsIgnored() {
        final TcpConnection connection = timeWait();
        trace.in("R 2:2(0)").quiet();
        trace.dropped(DropReason.TCP_RST_IGNORED, 1);
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** 3.6.1 MAY-2: a SYN beyond the old sequence numbers opens the next incarnation. */
    @Test
    void synBeyondTheOldNumbersIsAccepted() {
        final TcpConnection old = timeWait();
        trace.advance(1_000);
        trace.forgetIss();
        trace.in("S 3:3(0) <mss 1000>").out("S. 0:0(0) ack 4").quiet();
        assertThat(old.state()).isEqualTo(TcpState.CLOSED);
    }

    /** ... one within them gets the ACK of the old one, which the peer answers with a reset. */
    @Test
    void synWithinTheOldNumbersIsNot() {
        final TcpConnection old = timeWait();
        trace.in("S 0:0(0) <mss 1000>").out(". 2:2(0) ack 2").quiet();
        assertThat(old.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** RFC 6191 2: a newer timestamp is enough, whatever the sequence number. */
    @Test
    void synWithANewerTimestampIsAccepted() {
        final TcpListener listener = trace.listen(new TcpConfig().windowScaling(false));
        trace.in("S 0:0(0) <mss 1000,ts 500/0>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1 <ts 501/0>");
        final TcpConnection connection = listener.accept();
        assertThat(connection).isNotNull();
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1").in("F. 1:1(0) ack 2 <ts 502/0>").out(". 2:2(0) ack 2");
        trace.forgetIss();
        trace.peerIss -= 1_000_000;
        trace.in("S 0:0(0) <mss 1000,ts 503/0>").out("S. 0:0(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** Our own next connection may take the place too, if timestamps protect it. */
    @Test
    void newIsnLiesAhead() {
        final TcpConnection first = trace.established(new TcpConfig());
        final int before = first.iss;
        close(first);
        trace.advance(10);
        trace.forgetIss();
        trace.in("S 3:3(0) <mss 1000>").out("S. 0:0(0) ack 4");
        // RFC 6528: M ticks every 4 microseconds, so at least 2,500 in 10 ms.
        assertThat(trace.stackIss() - before).isGreaterThanOrEqualTo(2_500);
    }
}
