package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** {@link Ipv6Header} and {@link Ipv6ExtensionHeader}. */
class Ipv6HeaderTest {

    private static final long NET = 0x2001_0DB8_0000_0000L;

    private final ByteBuffer bytes = ByteBuffer.allocate(64);

    /** RFC 8200 3: the fields are where the figure has them. */
    @Test
    void writesEveryFieldInItsPlace() {
        Ipv6Header.write(bytes, 3, 0xAB, 0xC_DEF0, 0x1234, IpProtocol.TCP, 64, NET, 1, 0xFE80L << 48, 2);
        assertThat(HexFormat.of().formatHex(bytes.array(), 3, 43))
                .isEqualTo("6abcdef0" + "12340640" + "20010db8000000000000000000000001" + "fe8000000000000000000000"
                        + "00000002");
    }

    @Test
    void readsWhatItHasWritten() {
        Ipv6Header.write(bytes, 0, 0xFF, 0xF_FFFF, 0xFFFF, 0xFF, 0xFF, -1, -2, -3, -4);
        assertThat(Ipv6Header.version(bytes, 0)).isEqualTo(6);
        assertThat(Ipv6Header.trafficClass(bytes, 0)).isEqualTo(0xFF);
        assertThat(Ipv6Header.flowLabel(bytes, 0)).isEqualTo(0xF_FFFF);
        assertThat(Ipv6Header.payloadLength(bytes, 0)).isEqualTo(0xFFFF);
        assertThat(Ipv6Header.nextHeader(bytes, 0)).isEqualTo(0xFF);
        assertThat(Ipv6Header.hopLimit(bytes, 0)).isEqualTo(0xFF);
        assertThat(Ipv6Header.sourceHigh(bytes, 0)).isEqualTo(-1);
        assertThat(Ipv6Header.sourceLow(bytes, 0)).isEqualTo(-2);
        assertThat(Ipv6Header.destinationHigh(bytes, 0)).isEqualTo(-3);
        assertThat(Ipv6Header.destinationLow(bytes, 0)).isEqualTo(-4);
    }

    @Test
    void theTrafficClassIsOverwrittenAlone() {
        Ipv6Header.write(bytes, 0, 0x5A, 0xF_0F0F, 8, IpProtocol.UDP, 1, 0, 0, 0, 0);
        Ipv6Header.trafficClass(bytes, 0, 0xA5);
        assertThat(bytes.getInt(0)).isEqualTo(0x6A5F_0F0F);
    }

    @Test
    void kindsOfAddresses() {
        assertThat(Ipv6Header.isMulticast(0xFF02L << 48)).isTrue();
        assertThat(Ipv6Header.isMulticast(0xFE80L << 48)).isFalse();
        assertThat(Ipv6Header.isLinkLocal(0xFE80L << 48)).isTrue();
        assertThat(Ipv6Header.isLinkLocal(0xFEBFL << 48)).isTrue();
        assertThat(Ipv6Header.isLinkLocal(0xFEC0L << 48)).isFalse();
        assertThat(Ipv6Header.isLinkLocal(NET)).isFalse();
    }

    /** RFC 8200 4.5. */
    @Test
    void fragmentHeaders() {
        Ipv6ExtensionHeader.writeFragment(bytes, 8, IpProtocol.UDP, 1_448, true, 0x1234_5678);
        assertThat(HexFormat.of().formatHex(bytes.array(), 8, 16)).isEqualTo("110005a912345678");
        final int fragment = Ipv6ExtensionHeader.fragment(bytes, 8);
        assertThat(Ipv6ExtensionHeader.fragmentOffset(fragment)).isEqualTo(1_448);
        assertThat(fragment & Ipv6ExtensionHeader.MORE_FRAGMENTS).isOne();
        assertThat(Ipv6ExtensionHeader.identification(bytes, 8)).isEqualTo(0x1234_5678);
        assertThat(Ipv6ExtensionHeader.nextHeader(bytes, 8)).isEqualTo(IpProtocol.UDP);
    }

    /** RFC 6946 2: offset 0 and no more fragments; the reserved bits do not count. */
    @Test
    void atomicFragments() {
        assertThat(Ipv6ExtensionHeader.isAtomic(0)).isTrue();
        assertThat(Ipv6ExtensionHeader.isAtomic(6)).isTrue();
        assertThat(Ipv6ExtensionHeader.isAtomic(1)).isFalse();
        assertThat(Ipv6ExtensionHeader.isAtomic(8)).isFalse();
    }

    /** RFC 8200 4.3: units of 8 bytes, the first not counted. */
    @Test
    void lengthsOfExtensionHeaders() {
        assertThat(Ipv6ExtensionHeader.length(bytes, 0)).isEqualTo(8);
        bytes.put(1, (byte) 255);
        assertThat(Ipv6ExtensionHeader.length(bytes, 0)).isEqualTo(2_048);
    }
}
