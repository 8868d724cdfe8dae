package io.tapstack.ip.v6;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.v6.ExtensionHeaders.Outcome;
import io.tapstack.testing.Packets;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8200 4: extension headers, written in hexadecimal. */
class ExtensionHeadersTest {

    private static final IpAddress HOST = IpAddress.ipv6(0x2001_0DB8_0000_0000L, 1);

    private final ExtensionHeaders headers = new ExtensionHeaders();

    @Test
    void withoutExtensionHeadersTheTransportFollows() {
        assertThat(walk(IpProtocol.TCP, "")).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(headers.protocol()).isEqualTo(IpProtocol.TCP);
        assertThat(headers.offset()).isEqualTo(40);
        assertThat(headers.nextHeaderField()).isEqualTo(6);
    }

    /** RFC 8200 4.1: any order, any number of times. */
    @Test
    void headersInAnyOrderAreWalked() {
        final String chain = "3c00 010400000000" + "2b00 010400000000" + "3c00 0400 00000000" + "1100 010400000000";
        assertThat(walk(Ipv6ExtensionHeader.HOP_BY_HOP, chain)).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(headers.protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(headers.offset()).isEqualTo(72);
        assertThat(headers.nextHeaderField()).isEqualTo(64);
    }

    /** RFC 8200 4.1: hop-by-hop options come first, or are an unknown next header. */
    @Test
    void hopByHopOptionsAnywhereElseAreAnUnknownNextHeader() {
        assertThat(walk(Ipv6ExtensionHeader.DESTINATION_OPTIONS, "0000 010400000000" + "0600 010400000000"))
                .isEqualTo(Outcome.UPPER_LAYER);
        assertThat(headers.protocol()).isEqualTo(Ipv6ExtensionHeader.HOP_BY_HOP);
        assertThat(headers.nextHeaderField()).isEqualTo(40);
    }

    /** RFC 8200 4.4 and RFC 5095 3: segments left, whatever the type, are refused with a pointer at the type. */
    @ParameterizedTest
    @ValueSource(strings = {"00", "02", "04", "fd"})
    void aRoutingHeaderWithSegmentsLeftIsRefused(final String type) {
        assertThat(walk(Ipv6ExtensionHeader.ROUTING, "0600" + type + "01 00000000"))
                .isEqualTo(Outcome.REFUSED);
        assertThat(headers.reason()).isEqualTo(DropReason.IP_ROUTING_HEADER);
        assertThat(headers.problem()).isEqualTo(Icmpv6Header.CODE_ERRONEOUS_FIELD);
        assertThat(headers.pointer()).isEqualTo(42);
        assertThat(headers.multicastToo()).isFalse();
        assertThat(walk(Ipv6ExtensionHeader.ROUTING, "0600" + type + "00 00000000"))
                .isEqualTo(Outcome.UPPER_LAYER);
    }

    /** RFC 8200 4.2: the two highest bits of an unknown option's type. */
    @ParameterizedTest
    @CsvSource({
        "1e, UPPER_LAYER, 0, false",
        "5e, REFUSED, -1, false",
        "9e, REFUSED, 2, true",
        "de, REFUSED, 2, false",
        // RFC 2675: this host takes no jumbograms, and treats their option as unknown.
        "c2, REFUSED, 2, false",
    })
    void unknownOptionsSayHowToGoOn(
            final String type, final Outcome outcome, final int problem, final boolean multicastToo) {
        assertThat(walk(Ipv6ExtensionHeader.DESTINATION_OPTIONS, "0600 00" + type + "0200 0000"))
                .isEqualTo(outcome);
        if (outcome == Outcome.REFUSED) {
            assertThat(headers.reason()).isEqualTo(DropReason.IP_OPTION_UNKNOWN);
            assertThat(headers.problem()).isEqualTo(problem);
        }
        if (problem > 0) {
            assertThat(headers.pointer()).isEqualTo(43);
            assertThat(headers.multicastToo()).isEqualTo(multicastToo);
        }
    }

    /** RFC 2711: seen in hop-by-hop options alone. */
    @Test
    void theRouterAlertIsNoted() {
        assertThat(walk(Ipv6ExtensionHeader.HOP_BY_HOP, "3a00 05020000 0100")).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(headers.hasRouterAlert()).isTrue();
        assertThat(walk(Ipv6ExtensionHeader.DESTINATION_OPTIONS, "3a00 05020000 0100"))
                .isEqualTo(Outcome.UPPER_LAYER);
        assertThat(headers.hasRouterAlert()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0600 0104",
                "0601 0104 00000000",
                "0600 010500000000",
                "0600 0000000000 05",
            })
    void headersAndOptionsThatDoNotFitAreDroppedInSilence(final String chain) {
        assertThat(walk(Ipv6ExtensionHeader.DESTINATION_OPTIONS, chain)).isEqualTo(Outcome.REFUSED);
        assertThat(headers.reason()).isEqualTo(DropReason.IP_EXTENSION_MALFORMED);
        assertThat(headers.problem()).isEqualTo(ExtensionHeaders.SILENT);
    }

    /** RFC 8504 5.3. */
    @Test
    void theirNumberIsLimited() {
        final String pad = "3c00 010400000000";
        assertThat(walk(60, pad.repeat(7) + "0600 010400000000")).isEqualTo(Outcome.UPPER_LAYER);
        assertRefusedByLimit(walk(60, pad.repeat(8) + "0600 010400000000"));
        assertThat(walk(60, "0600 1e00" + "1e00".repeat(2))).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(walk(60, "0602" + "1e00".repeat(8) + "0104 00000000")).isEqualTo(Outcome.UPPER_LAYER);
        assertRefusedByLimit(walk(60, "0602" + "1e00".repeat(9) + "01020000"));
    }

    @Test
    void theirLengthIsLimited() {
        // One option after another, each of 126 bytes of unknown data: 8 of them make 1,024 bytes.
        final String option = "1e7c" + "00".repeat(124);
        assertThat(walk(60, "067e" + option.repeat(8) + "0104 00000000")).isEqualTo(Outcome.UPPER_LAYER);
        assertRefusedByLimit(walk(60, "3c7e" + option.repeat(8) + "0104 00000000" + "0601" + "1e0c" + "00".repeat(12)));
    }

    @Test
    void paddingIsLimitedToWhatAlignmentNeeds() {
        assertThat(walk(60, "0601 1e00 01050000000000 1e03 000000")).isEqualTo(Outcome.UPPER_LAYER);
        assertRefusedByLimit(walk(60, "0601 1e00 0106000000000000 1e02 0000"));
        assertRefusedByLimit(walk(60, "0601 1e00 0000000000000000 1e02 0000"));
    }

    /** RFC 6946 4: an atomic fragment is as good as no fragment. */
    @Test
    void atomicFragmentsAreWholePackets() {
        assertThat(walk(Ipv6ExtensionHeader.FRAGMENT, "0600 0000 12345678")).isEqualTo(Outcome.UPPER_LAYER);
        assertThat(headers.protocol()).isEqualTo(IpProtocol.TCP);
        assertThat(headers.offset()).isEqualTo(48);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0600 0001 12345678", "0600 0008 12345678"})
    void otherFragmentsEndTheWalk(final String fragment) {
        assertThat(walk(60, "2c00 010400000000" + fragment)).isEqualTo(Outcome.FRAGMENT);
        assertThat(headers.offset()).isEqualTo(48);
        assertThat(headers.nextHeaderField()).isEqualTo(40);
    }

    private void assertRefusedByLimit(final Outcome outcome) {
        assertThat(outcome).isEqualTo(Outcome.REFUSED);
        assertThat(headers.reason()).isEqualTo(DropReason.IP_EXTENSION_LIMIT);
        assertThat(headers.problem()).isEqualTo(ExtensionHeaders.SILENT);
    }

    private Outcome walk(final int nextHeader, final String chain) {
        final byte[] payload = HexFormat.of().parseHex(chain.replace(" ", ""));
        final byte[] packet = Packets.ipv6(HOST, HOST, nextHeader, payload);
        return headers.walk(ByteBuffer.wrap(packet), 0, packet.length);
    }
}
