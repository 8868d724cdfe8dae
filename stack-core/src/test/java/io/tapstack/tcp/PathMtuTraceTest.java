package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** "Fragmentation needed" and a connection: RFC 1191, RFC 5927. */
class PathMtuTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** A router says that the segment that was sent last does not fit; the sequence number it quotes is off by {@code by}. */
    private void tooBig(final byte[] segment, final int mtu, final int by) {
        final byte[] quoted = Arrays.copyOf(segment, 28);
        final ByteBuffer bytes = ByteBuffer.wrap(quoted);
        bytes.putInt(24, bytes.getInt(24) + by);
        trace.link.inject(
                Packets.ipv4(TcpTrace.PEER, TcpTrace.STACK, IpProtocol.ICMP, Packets.icmp(3, 4, mtu, quoted)));
        trace.poll();
    }

    @Test
    void segmentsShrinkAndWhatWasTooBigGoesOutAgain() { // RFC 1191 3
        final TcpConnection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_400);
        final byte[] segment = trace.link.take();
        assertThat(segment).isNotNull().hasSize(1_040);
        trace.out("P. 1001:1401(400) ack 1").quiet();
        tooBig(segment, 640, 0);
        trace.out(". 1:601(600) ack 1");
        assertThat(connection.mss).isEqualTo(600);
    }

    @Test
    void aMessageAboutNothingInFlightIsForged() { // RFC 5927 7.2
        final TcpConnection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.take();
        assertThat(segment).isNotNull();
        tooBig(segment, 640, -1);
        tooBig(segment, 640, 1_000);
        trace.quiet();
        trace.dropped(DropReason.ICMP_UNMATCHED, 2);
        assertThat(connection.mss).isEqualTo(1_000);
        assertThat(connection.path.mtu()).isEqualTo(1_500);
    }
}
