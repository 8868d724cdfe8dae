package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file that is truncated while it is sent: the connection is reset, and none of its timers starts again. */
class CutShortFileTraceTest {

    private TcpTrace trace = new TcpTrace();

    private static class Mapped extends Region {
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

    /**
     * A file whose size is looked at after each gather only, which is cut short between two looks, of which each second
     * one is answered from memory.
     */
    private static final class CutBetweenLooks extends Mapped {

        private final int cutBeforeLook;
        private final int remaining;
        private int looks;
        private int lastSeen;

        CutBetweenLooks(final int size, final int cutBeforeLook, final int remaining) {
            super(size);
            this.cutBeforeLook = cutBeforeLook;
            this.remaining = remaining;
            this.lastSeen = size;
        }

        private int look() {
            return looks++ >= cutBeforeLook ? remaining : capacity();
        }

        @Override
        public int expectedBytes() {
            look(); // a moment at which the file may be cut
            return lastSeen;
        }

        @Override
        public int intactBytes() {
            lastSeen = look();
            return lastSeen;
        }

        /** As a device gathers, without a look. */
        @Override
        public int copyTo(final int offset, final ByteBuffer target, final int targetOffset, final int length) {
            target.put(targetOffset, bytes(), offset, length);
            return length;
        }
    }

    /**
     * Decision 22. Of ten segments that are sent in one call, the one that the device gathered last when the file was
     * cut may have made-up bytes: it is the last one, and a reset follows. If the cut is further on, the bytes below it
     * are sent.
     */
    @ParameterizedTest
    @CsvSource({
        "0, 100, 1", // before the first gather, in its bytes
        "1, 100, 1", // during it
        "2, 100, 2", // before the second one: the bytes of the first were true when they were sent
        "7, 3500, 4",
        "8, 4500, 5",
        "9, 4500, 5",
        "19, 9500, 10", // during the last one
    })
    void theSegmentThatMayHaveMadeUpBytesIsTheLast(final int cutBeforeLook, final int remaining, final int segments) {
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 0));
        final Connection c = trace.established(new TcpConfig(), 30_000);
        final Mapped file = new CutBetweenLooks(10_000, cutBeforeLook, remaining);
        trace.append(c, file, 10_000);
        assertThat(c.state()).isEqualTo(TcpState.CLOSED);
        final List<byte[]> sent = trace.link.takeSent();
        assertThat(sent).hasSize(segments + 1);
        for (int i = 0; i < segments; i++) {
            assertThat(flags(sent.get(i)) & (TcpHeader.RST | TcpHeader.FIN)).isZero();
        }
        assertThat(flags(sent.get(segments)) & TcpHeader.RST).isNotZero();
        trace.noLeaks();
    }

    private static int flags(final byte[] packet) {
        return packet[TcpTrace.TCP + 13];
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
