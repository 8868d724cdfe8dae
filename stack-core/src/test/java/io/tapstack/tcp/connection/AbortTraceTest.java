package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ABORT when both sides have closed: RFC 9293 3.10.5. */
class AbortTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /**
     * 3.10.5: in CLOSING and LAST-ACK an ABORT sends nothing, as both sides have closed. If data was not sent or not
     * read, it sends a reset.
     */
    @Test
    void abortOnceBothHaveClosed() {
        final Connection closing = trace.established(new TcpConfig());
        closing.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2");
        assertThat(closing.state()).isEqualTo(TcpState.CLOSING);
        closing.abort(trace.now());
        trace.quiet();
    }

    @Test
    void abortOnceBothHaveClosedWithDataUnsent() {
        final Connection lastAck = trace.established(new TcpConfig(), 100);
        trace.write(lastAck, 500);
        trace.out(". 1:101(100) ack 1").in("F. 1:1(0) ack 1 win 100").out(". 101:101(0) ack 2");
        lastAck.shutdownOutput(trace.now());
        assertThat(lastAck.state()).isEqualTo(TcpState.LAST_ACK);
        lastAck.abort(trace.now());
        trace.out("R. 101:101(0) ack 2").quiet();
    }

    @Test
    void abortOnceBothHaveClosedWithDataUnread() {
        final Connection closing = trace.established(new TcpConfig());
        closing.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").in("FP. 1:101(100) ack 1").out(". 2:2(0) ack 102");
        closing.abort(trace.now());
        trace.out("R. 2:2(0) ack 102").quiet();
    }
}
