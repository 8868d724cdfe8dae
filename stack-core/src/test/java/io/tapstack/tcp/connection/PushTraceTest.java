package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.TcpHeader;
import org.junit.jupiter.api.Test;

/** PSH (RFC 9293 3.8.2) on retransmissions. */
class PushTraceTest {

    @Test
    void aSegmentThatIsSentAgainIsPushedAsBefore() {
        final TcpTrace trace = new TcpTrace();
        final Connection connection = trace.established(new TcpConfig().noDelay(true));
        trace.write(connection, 2_500);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").out("P. 2001:2501(500) ack 1");
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1").in(". 1:1(0) ack 1");
        final byte[] again = trace.link.next();
        assertThat(again[TcpTrace.TCP + TcpHeader.FLAGS_OFFSET]).isEqualTo((byte) TcpHeader.ACK);
        trace.in(". 1:1(0) ack 2001 win 65535");
        trace.out("P. 2001:2501(500) ack 1");
    }
}
