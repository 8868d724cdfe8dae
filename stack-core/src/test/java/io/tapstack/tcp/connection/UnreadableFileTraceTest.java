package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.Region;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A file with the right size and unreadable bytes: a failure of this host that no retransmission repairs. */
class UnreadableFileTraceTest {

    private final TcpTrace trace = new TcpTrace();

    private static final class OnABadDisk extends Region {
        private boolean readable = true;

        OnABadDisk(final int size) {
            super(ByteBuffer.allocateDirect(size));
        }

        @Override
        public boolean isShared() {
            return true;
        }

        @Override
        public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
            return readable ? super.copyTo(offset, target, targetOffset, length) : 0;
        }

        @Override
        protected void recycle() {}
    }

    /** RFC 9293 3.10.5: the peer gets a reset instead of waiting for R2. */
    @Test
    void retransmission() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        final OnABadDisk file = new OnABadDisk(1_000);
        trace.append(c, file, 1_000);
        trace.out("P. 1:1001(1000) ack 1").quiet();
        file.readable = false;
        trace.advance(60_000);
        assertThat(c.state()).isEqualTo(TcpState.CLOSED);
        trace.out("R. 1001:1001(0) ack 1").quiet();
        assertThat(c.retransmissionTimer.isRunning()).isFalse();
    }

    /** Data in flight may still arrive; then the reset shows that the stream is not complete. */
    @Test
    void newData() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        final OnABadDisk file = new OnABadDisk(3_000);
        trace.append(c, file, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        file.readable = false;
        trace.in(". 1:1(0) ack 1001 win 1000");
        trace.out("R. 1001:1001(0) ack 1").quiet();
        assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    }
}
