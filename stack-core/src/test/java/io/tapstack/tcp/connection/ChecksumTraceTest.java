package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checksum of sent segments: RFC 9293 3.1 (MUST-2), summed here byte by byte, as the RFC describes it. */
class ChecksumTraceTest {

    private static final int IP_HEADER = TcpTrace.TCP;

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /**
     * The ones' complement sum of pseudo-header, header and text; an odd last octet is padded with zeros on its right.
     */
    private static int sum(final byte[] packet) {
        int sum = IpProtocol.TCP + packet.length - IP_HEADER;
        // From the addresses on: source, destination, and then the segment.
        for (int at = TcpTrace.IPV6 ? 8 : 12; at < packet.length; at++) {
            sum += at % 2 == 0 ? (packet[at] & 0xFF) << 8 : packet[at] & 0xFF;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    private byte[] sent() {
        final byte[] packet = trace.link.take();
        assertThat(packet).isNotNull();
        return packet;
    }

    /** Text of odd and even length, with all bits in it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 255, 256, 999, 1_000})
    void data(final int length) {
        final Connection connection = trace.established(new TcpConfig());
        final ByteBuffer text = ByteBuffer.allocate(length);
        while (text.hasRemaining()) {
            text.put((byte) (text.position() * 7 + length));
        }
        connection.write(text.flip(), length, false, trace.now());
        final byte[] packet = sent();
        assertThat(packet).hasSize(IP_HEADER + 20 + length);
        assertThat(sum(packet)).isEqualTo(0xFFFF);
    }

    /** Pieces of odd length in one segment: each begins in the middle of a word. */
    @Test
    void oddPieces() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1);
        assertThat(sum(sent())).isEqualTo(0xFFFF);
        for (int i = 1; i < 10; i++) {
            final byte[] piece = new byte[2 * i + 1];
            Arrays.fill(piece, (byte) (0xF0 + i));
            connection.write(ByteBuffer.wrap(piece), piece.length, false, trace.now());
        }
        trace.quiet();
        trace.in(". 1:1(0) ack 2");
        final byte[] packet = sent();
        assertThat(packet).hasSize(IP_HEADER + 20 + 99);
        assertThat(sum(packet)).isEqualTo(0xFFFF);
    }

    /** Segments without text: a SYN-ACK with options, and the reset of an ACK for no connection. */
    @Test
    void withoutData() {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <mss 1000,sackOK,ts 7/0,nop,wscale 7>");
        assertThat(sum(sent())).isEqualTo(0xFFFF);
        trace.in(". 1:1(0) ack 77");
        assertThat(sum(sent())).isEqualTo(0xFFFF);
    }
}
