package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A SYN on a synchronized connection: RFC 5961 4.2, RFC 9293 3.10.7.4, fourth. */
class SynInWindowTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(8_000));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** "irrespective of the sequence number, TCP endpoints MUST send a challenge ACK", and the segment is dropped. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "S 1:1(0)",
                "S 8000:8000(0)",
                "S 0:0(0)",
                "S 9000:9000(0)",
                "S 2147483649:2147483649(0)",
                "S. 1:1(0) ack 1",
                "S. 0:0(0) ack 1",
                "S. 1:1(0) ack 77",
                "SF. 1:1(0) ack 1",
                "SP. 1:101(100) ack 1",
                "SFPU 1:101(100)"
            })
    void isChallenged(final String segment) {
        trace.in(segment).out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(connection.readableBytes()).isZero();
    }

    /** A SYN in the window has a count of its own. */
    @Test
    void isCounted() {
        trace.in("S 1:1(0)").dropped(DropReason.TCP_SYN_IN_WINDOW, 1);
        trace.in("S 77:77(0)").dropped(DropReason.TCP_SYN_IN_WINDOW, 2);
    }

    /**
     * The challenge reports RCV.NXT to a restarted peer: the peer resets, and may connect again (RFC 9293 3.5, figure
     * 9).
     */
    @Test
    void halfOpenConnectionIsFound() {
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        trace.in("S 7000:7000(0) <mss 1000>").out(". 101:101(0) ack 1").quiet();
        trace.in("R 1:1(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        trace.forgetIss();
        trace.in("S 7000:7000(0) <mss 1000>").out("S. 0:0(0) ack 7001").quiet();
    }

    /** The ACK and the window of the SYN are ignored, as it is dropped. */
    @Test
    void isNotLookedAtFurther() {
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        trace.in("S. 1:1(0) ack 101").out(". 101:101(0) ack 1").quiet();
        assertThat(connection.unacknowledgedBytes()).isEqualTo(100);
    }

    /** The same after our FIN. */
    @Test
    void inFinWait1() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("S. 1:1(0) ack 2").out(". 2:2(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_1);
    }

    /** And after the peer's FIN, where no SYN can be in the window. */
    @Test
    void inCloseWait() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.in("S 2:2(0)").out(". 1:1(0) ack 2").quiet();
        trace.in("S 0:0(0)").out(". 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
    }

    /** RFC 5961 7: challenge ACKs are limited, so that an attacker cannot cause a flood. */
    @Test
    void answersAreLimited() {
        for (int i = 0; i < 10; i++) {
            trace.in("S 1:1(0)").out(". 1:1(0) ack 1").quiet();
        }
        trace.in("S 1:1(0)").quiet();
        trace.advance(5_000).in("S 1:1(0)").out(". 1:1(0) ack 1").quiet();
    }

    /** The limit includes challenge ACKs for SYNs outside of the window. */
    @Test
    void answersOutsideTheWindowAreLimited() {
        for (int i = 0; i < 10; i++) {
            trace.in("S 9000:9000(0)").out(". 1:1(0) ack 1").quiet();
        }
        trace.in("S 9000:9000(0)").quiet();
    }
}
