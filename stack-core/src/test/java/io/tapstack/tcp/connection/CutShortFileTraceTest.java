package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** A file that is truncated while it is sent: the connection is reset, and none of its timers starts again. */
class CutShortFileTraceTest {

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

    /** The byte for a zero-window probe is lost. */
    @Test
    void r13ProbeOfACutShortFile() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        final Mapped file = new Mapped(3_000);
        trace.append(c, file, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        file.intact = () -> 1_000;
        trace.advance(60_000);
        assertThat(c.state() + " sndNxt " + (c.sndNxt - c.sndUna) + " sent " + (trace.link.take() != null))
                .isEqualTo("CLOSED sndNxt 0 sent true");
    }

    /** The file is truncated while the device reads the probe: the persist timer does not start again. */
    @Test
    void r14TimerOfAClosedConnection() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final Connection c = trace.established(new TcpConfig(), 1_000);
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

    /** The file is truncated while the device reads new data, after an ACK that would start the reordering timer. */
    @Test
    void r25ReorderingTimerOfAClosedConnection() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final Connection c = trace.establishedWithSack(new TcpConfig(), 100);
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

    /** The same in a tail loss probe, after which the retransmission timer would start. */
    @Test
    void r26RetransmissionTimerOfAClosedConnection() {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final Connection c = trace.establishedWithSack(new TcpConfig(), 100);
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
}
