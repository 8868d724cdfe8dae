package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import org.junit.jupiter.api.Test;

/** PSH on what is sent again: as it was the first time (RFC 9293 3.8.2). */
class PushMarksTest {

    private final PushMarks marks = new PushMarks();

    @Test
    void onlyTheEndOfAPushIsOne() {
        marks.add(1_000);
        assertThat(marks.contains(1_000)).isTrue();
        assertThat(marks.contains(500)).isFalse();
        assertThat(marks.contains(1_500)).isFalse();
    }

    @Test
    void whatLiesBeforeAllMarksMayHaveBeenPushed() {
        for (int i = 1; i <= 20; i++) {
            marks.add(i * 1_000);
        }
        assertThat(marks.contains(20_000)).isTrue();
        assertThat(marks.contains(13_000)).isTrue();
        assertThat(marks.contains(19_500)).isFalse();
        assertThat(marks.contains(3_500)).isTrue();
    }

    @Test
    void sequenceNumbersWrap() {
        marks.add(0xFFFF_FF00);
        marks.add(0x100);
        assertThat(marks.contains(0xFFFF_FF00)).isTrue();
        assertThat(marks.contains(0x80)).isFalse();
    }

    @Test
    void aSegmentThatIsSentAgainIsPushedAsBefore() {
        final TcpTrace trace = new TcpTrace();
        final Connection connection = trace.established(new TcpConfig().noDelay(true));
        trace.write(connection, 2_500);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").out("P. 2001:2501(500) ack 1");
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1").in(". 1:1(0) ack 1");
        final byte[] again = trace.link.next();
        assertThat(again[Ipv4Header.LENGTH + TcpHeader.FLAGS_OFFSET]).isEqualTo((byte) TcpHeader.ACK);
        trace.in(". 1:1(0) ack 2001 win 65535");
        trace.out("P. 2001:2501(500) ack 1");
    }
}
