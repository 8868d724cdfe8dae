package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TIME-WAIT: RFC 9293 3.6.1 and 3.10.7.4, RFC 6191, RFC 1337. 2 MSL are 60 seconds. */
class TimeWaitTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** RCV.NXT is 2, SND.NXT is 2. */
    private Connection timeWait() {
        final Connection connection = trace.established(new TcpConfig());
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        return connection;
    }

    /** The same with timestamps; TS.Recent is 1000. */
    private Connection timeWaitWithTimestamps() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <mss 1000,ts 1000/0>").out("S. 0:0(0) ack 1 <mss 1460,ts *>");
        trace.in(". 1:1(0) ack 1 <ts 1000/0>");
        final Connection connection = TcpTrace.accept(listener);
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2 <ts 1000/0>").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        return connection;
    }

    @Test
    void endsAfterTwoMsl() {
        final Connection connection = timeWait();
        trace.advance(59_990).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.advance(20).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(trace.stack.tcp().connections()).isEmpty();
    }

    /** Eighth: "remain in the TIME-WAIT state. Restart the 2 MSL time-wait timeout"; the FIN is acknowledged again. */
    @Test
    void repeatedFinStartsAgain() {
        final Connection connection = timeWait();
        trace.advance(50_000).in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        trace.advance(50_000);
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.advance(10_010);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** Other segments do not restart it, or a peer could hold it for ever. */
    @ParameterizedTest
    @ValueSource(strings = {". 2:2(0) ack 2", "P. 2:102(100) ack 2", "P. 0:1(1) ack 2", ". 0:0(0) ack 2", "R 2:2(0)"})
    void nothingElseStartsAgain(final String segment) {
        final Connection connection = timeWait();
        trace.advance(50_000).in(segment).advance(10_010);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        trace.drain(); // Some are answered.
    }

    /** First: an unacceptable segment is answered with an ACK. */
    @Test
    void oldDataIsAnswered() {
        timeWait();
        trace.in("P. 0:1(1) ack 2").out(". 2:2(0) ack 2").quiet();
    }

    /** RFC 1337 3, fix (F1): "ignore RST segments in TIME-WAIT state". */
    @ParameterizedTest
    @ValueSource(strings = {"R 2:2(0)", "R. 2:2(0) ack 2", "R 1:1(0)"})
    void resetIsIgnored(final String segment) {
        final Connection connection = timeWait();
        trace.in(segment).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** 3.6.1, MAY-2: a SYN with a sequence number beyond the last one opens a new incarnation. */
    @ParameterizedTest
    @ValueSource(longs = {3, 100_000, 2_147_483_649L})
    void synBeyondOpensAgain(final long sequence) {
        final Connection connection = timeWait();
        trace.forgetIss();
        trace.in("S " + sequence + ":" + sequence + "(0) <mss 1000>");
        trace.out("S. 0:0(0) ack " + (sequence + 1)).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        trace.in(". " + (sequence + 1) + ":" + (sequence + 1) + "(0) ack 1").quiet();
    }

    /** An old SYN is an old duplicate: it is answered with an ACK, and TIME-WAIT stays. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2_147_483_651L, 4_294_967_295L})
    void oldSynIsAnswered(final long sequence) {
        final Connection connection = timeWait();
        trace.in("S " + sequence + ":" + sequence + "(0) <mss 1000>")
                .out(". 2:2(0) ack 2")
                .quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** RFC 6191 2: a newer timestamp serves as a higher sequence number does. */
    @Test
    void synWithNewerTimestampOpensAgain() {
        final Connection connection = timeWaitWithTimestamps();
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000,ts 1001/0>")
                .out("S. 0:0(0) ack 1 <mss 1460,ts *>")
                .quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** RFC 6191 2: the same timestamp decides nothing, so the sequence number does. */
    @Test
    void synWithTheSameTimestamp() {
        final Connection connection = timeWaitWithTimestamps();
        trace.in("S 0:0(0) <mss 1000,ts 1000/0>").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.forgetIss();
        trace.in("S 3:3(0) <mss 1000,ts 1000/0>").out("S. 0:0(0) ack 4").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /**
     * RFC 6191 2: an older timestamp marks an old duplicate, whatever its sequence number; it is answered as any other.
     */
    @Test
    void synWithOlderTimestamp() {
        final Connection connection = timeWaitWithTimestamps();
        trace.in("S 3:3(0) <mss 1000,ts 999/0>").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** RFC 6191 2: without timestamps from now on, the sequence number decides. */
    @Test
    void synWithoutTimestampAfterOneWith() {
        final Connection connection = timeWaitWithTimestamps();
        trace.in("S 0:0(0) <mss 1000>").out(". 2:2(0) ack 2").quiet();
        trace.forgetIss();
        trace.in("S 3:3(0) <mss 1000>").out("S. 0:0(0) ack 4").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** RFC 6191 2: if the new connection uses timestamps, old segments cannot be taken for its own. */
    @Test
    void synWithTimestampAfterOneWithout() {
        final Connection connection = trace.connect(new TcpConfig());
        trace.out("S 0:0(0)").in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1").in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");
        trace.listen(new TcpConfig());
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000,ts 5/0>")
                .out("S. 0:0(0) ack 1 <mss 1460,ts *>")
                .quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** RFC 6528 3: the clock in the ISN ticks every 4 microseconds, so the next incarnation's numbers lie ahead. */
    @Test
    void newIsnLiesAhead() {
        final int before = timeWait().iss;
        trace.advance(10).forgetIss();
        trace.in("S 3:3(0) <mss 1000>").out("S. 0:0(0) ack 4");
        assertThat(trace.stackIss() - before).isGreaterThanOrEqualTo(2_500);
    }

    /** 3.6.1, MAY-2 (a): its ISN is higher even if a test has fixed the first one. */
    @Test
    void fixedIsnLiesAhead() {
        final Connection connection = timeWait();
        trace.stack.tcp().fixInitialSequenceNumber(OptionalInt.of(connection.iss));
        trace.forgetIss();
        trace.in("S 3:3(0) <mss 1000>").out("S. 0:0(0) ack 4");
        assertThat(trace.stackIss() - connection.sndNxt).isPositive();
    }

    /** Without a listener no connection is opened. */
    @Test
    void synWithoutListener() {
        final Connection connection = timeWait();
        trace.stack.tcp().listeners().forEach(listener -> listener.close(trace.now()));
        trace.in("S 100:100(0) <mss 1000>").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** A SYN-ACK or a SYN with RST opens nothing. */
    @Test
    void onlyAMereSynOpens() {
        final Connection connection = timeWait();
        trace.in("S. 100:100(0) ack 2").out(". 2:2(0) ack 2").quiet();
        trace.in("SR 100:100(0)").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.dropped(DropReason.TCP_RST_NOT_EXACT, 1);
    }

    /** RFC 9293 3.6.1 (MAY-2): the ISN of the next incarnation is beyond the sequence numbers of a fast connection. */
    @Test
    void r15IsnOfTheSuccessor() {
        final Connection c = trace.established(new TcpConfig());
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
        assertThat(ByteBuffer.wrap(synAck).getInt(TcpTrace.TCP + 4) - c.sndNxt).isPositive();
    }
}
