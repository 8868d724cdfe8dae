package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** {@link Icmpv6Header}. */
class Icmpv6HeaderTest {

    private static final int ICMP = Ipv6Header.LENGTH;

    private final ByteBuffer bytes = ByteBuffer.allocate(128);

    /** RFC 4443 2.3: an echo request as Linux sends it, fe80::1 to fe80::2, with 4 bytes of data. */
    @Test
    void theChecksumCoversThePseudoHeader() {
        final long linkLocal = 0xFE80L << 48;
        Ipv6Header.write(bytes, 0, 0, 0, 12, IpProtocol.ICMPV6, 64, linkLocal, 1, linkLocal, 2);
        Icmpv6Header.write(bytes, ICMP, Icmpv6Header.ECHO_REQUEST, 0, 0x0001_0002);
        bytes.putInt(ICMP + Icmpv6Header.LENGTH, 0x0102_0304);
        Icmpv6Header.writeChecksum(bytes, 0, ICMP, 12);
        // fe80+1+fe80+2 + c + 3a + 8000+1+2+102+304 = 28152, folded 8154, complement 7eab
        assertThat(HexFormat.of().formatHex(bytes.array(), ICMP, ICMP + 12)).isEqualTo("80007eab0001000201020304");
        assertThat(Icmpv6Header.checksumIsValid(bytes, 0, ICMP, 12)).isTrue();
        bytes.put(Ipv6Header.DESTINATION_OFFSET + 15, (byte) 3);
        assertThat(Icmpv6Header.checksumIsValid(bytes, 0, ICMP, 12)).isFalse();
    }

    @Test
    void fieldsOfErrors() {
        Icmpv6Header.write(bytes, 5, Icmpv6Header.PACKET_TOO_BIG, 0, -1);
        assertThat(Icmpv6Header.type(bytes, 5)).isEqualTo(Icmpv6Header.PACKET_TOO_BIG);
        assertThat(Icmpv6Header.code(bytes, 5)).isZero();
        assertThat(Icmpv6Header.mtu(bytes, 5)).isEqualTo(0xFFFF_FFFFL);
        assertThat(Icmpv6Header.pointer(bytes, 5)).isEqualTo(0xFFFF_FFFFL);
    }

    /** RFC 4443 2.1: types to 127 are errors, the others are not. */
    @Test
    void errorsHaveTheHighestBitOfTheirTypeClear() {
        assertThat(Icmpv6Header.isError(Icmpv6Header.PARAMETER_PROBLEM)).isTrue();
        assertThat(Icmpv6Header.isError(127)).isTrue();
        assertThat(Icmpv6Header.isError(Icmpv6Header.ECHO_REQUEST)).isFalse();
    }
}
