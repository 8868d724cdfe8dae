package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpProtocol;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A malformed segment is counted under its reason, changes nothing and gets no answer: RFC 9293 3.1 (MUST-3), RFC 1122
 * 4.2.2.5.
 */
class MalformedSegmentTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private void inject(final byte[] tcp) {
        trace.link.inject(
                TcpTrace.IPV6
                        ? Packets.ipv6(TcpTrace.PEER, TcpTrace.STACK, IpProtocol.TCP, tcp)
                        : Packets.ipv4(TcpTrace.PEER, TcpTrace.STACK, IpProtocol.TCP, tcp));
        trace.poll();
    }

    /** Less than the 20 bytes of a header. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 19})
    void tooShort(final int length) {
        trace.listen(new TcpConfig());
        inject(new byte[length]);
        trace.quiet().dropped(DropReason.TCP_TOO_SHORT, 1);
    }

    /** A data offset below five words, or behind the end of the segment. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 6, 15})
    void dataOffset(final int words) {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0)", packet -> {
            packet.put(TcpTrace.TCP + 12, (byte) (words << 4));
            TcpTrace.checksum(packet);
        });
        trace.quiet().dropped(DropReason.TCP_DATA_OFFSET, 1);
    }

    /** MUST-3: "the receiver MUST check it": one wrong bit anywhere, in the pseudo-header too. */
    @Test
    void everyWrongBit() {
        final Connection connection = trace.established(new TcpConfig());
        int dropped = 0;
        for (int bit = TcpTrace.TCP * 8; bit < (TcpTrace.TCP + 30) * 8; bit++) {
            final int at = bit;
            trace.in("P. 1:11(10) ack 1", packet -> packet.put(at / 8, (byte) (packet.get(at / 8) ^ 1 << at % 8)));
            dropped++;
            trace.quiet().dropped(DropReason.TCP_CHECKSUM, dropped);
        }
        assertThat(connection.readableBytes()).isZero();
        trace.in("P. 1:11(10) ack 1");
        assertThat(connection.readableBytes()).isEqualTo(10);
    }

    /**
     * 3.1, "Rsrvd": "must be ignored in received segments if the corresponding future features are not implemented".
     */
    @Test
    void reservedBits() {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0)", packet -> {
            packet.put(TcpTrace.TCP + 12, (byte) (packet.get(TcpTrace.TCP + 12) | 0x0F));
            TcpTrace.checksum(packet);
        });
        trace.out("S. 0:0(0) ack 1").quiet();
    }

    /** All flags at once ("Christmas tree"), and none at all. */
    @Test
    void strangeFlags() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("- 1:1(0)").quiet();
        trace.in("SFRPUEW. 2:12(10) ack 1").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** An urgent pointer with any value: the data is received, and the pointer is not trusted (RFC 6093 3.1). */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 11, 65_535})
    void urgentPointer(final int pointer) {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("UP. 1:11(10) ack 1", packet -> {
            packet.putShort(TcpTrace.TCP + 18, (short) pointer);
            TcpTrace.checksum(packet);
        });
        // A read may end at the mark.
        assertThat(connection.readableBytes()).isEqualTo(10);
        assertThat(trace.read(connection, 100) + trace.read(connection, 100)).isEqualTo(10);
    }

    /** Noise with a right checksum throws nothing, leaks nothing, and does not affect the listener. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noise(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        trace.listen(new TcpConfig());
        for (int i = 0; i < 5_000; i++) {
            final int length = random.nextInt(80);
            final int lengthOrHeader = random.nextInt(10) == 0 ? length : Math.max(20, length);
            trace.in(". 0:" + lengthOrHeader + "(" + lengthOrHeader + ") ack 0", packet -> {
                for (int at = TcpTrace.TCP; at < packet.capacity(); at++) {
                    packet.put(at, (byte) random.nextInt());
                }
                if (random.nextInt(4) != 0) {
                    packet.putShort(TcpTrace.TCP + 2, (short) TcpTrace.STACK_PORT);
                    packet.put(TcpTrace.TCP + 12, (byte) (5 + random.nextInt(8) << 4));
                }
                TcpTrace.checksum(packet);
            });
            trace.drain(); // Resets and SYN-ACKs.
        }
        trace.peerPort = 7;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
    }
}
