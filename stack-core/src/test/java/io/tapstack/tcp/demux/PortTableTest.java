package io.tapstack.tcp.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.BoundAddress;
import io.tapstack.tcp.PortSharing;
import io.tapstack.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which ports can be reserved (SO_REUSEADDR of socket(7)), and which are chosen (RFC 6056 3.3.3). */
class PortTableTest {

    private final PortTable table = new PortTable();

    /** An address; "::only" is :: with IPV6_V6ONLY. */
    private static BoundAddress address(final String text) {
        final boolean only = text.endsWith("only");
        return new BoundAddress(IpAddress.parse(only ? "::" : text), only);
    }

    /** Overlapping addresses conflict, unless both allow reuse and neither listens. */
    @ParameterizedTest
    @CsvSource({
        // first, reuse, listening, second, reuse, free
        "192.0.2.1, false, false, 192.0.2.1, false, false",
        "192.0.2.1, true,  false, 192.0.2.1, false, false",
        "192.0.2.1, false, false, 192.0.2.1, true,  false",
        "192.0.2.1, true,  false, 192.0.2.1, true,  true",
        "192.0.2.1, true,  true,  192.0.2.1, true,  false",
        "192.0.2.1, false, true,  192.0.2.2, false, true",
        "0.0.0.0,   false, false, 192.0.2.1, false, false",
        "192.0.2.1, false, false, 0.0.0.0,   false, false",
        "0.0.0.0,   true,  false, 192.0.2.1, true,  true",
        "0.0.0.0,   true,  true,  192.0.2.1, true,  false",
        "192.0.2.1, true,  true,  0.0.0.0,   true,  false",
        "2001:db8::1, false, false, 2001:db8::1, false, false",
        "2001:db8::1, false, false, 2001:db8::2, false, true",
        "2001:db8::1, false, false, 192.0.2.1, false, true",
        "2001:db8::1, false, false, 0.0.0.0, false, true",
        "0.0.0.0,   false, false, 2001:db8::1, false, true",
        // :: has both families, unless IPV6_V6ONLY is set.
        "::,        false, false, 2001:db8::1, false, false",
        "::,        false, false, 192.0.2.1, false, false",
        "::,        false, false, 0.0.0.0,   false, false",
        "::,        false, false, ::only,    false, false",
        "0.0.0.0,   false, false, ::,        false, false",
        "192.0.2.1, false, false, ::,        false, false",
        "192.0.2.1, true,  false, ::,        true,  true",
        "::only,    false, false, 0.0.0.0,   false, true",
        "::only,    false, false, 192.0.2.1, false, true",
        "0.0.0.0,   false, false, ::only,    false, true",
        "192.0.2.1, false, false, ::only,    false, true",
        "::only,    false, false, ::only,    false, false",
        "::only,    false, false, 2001:db8::1, false, false",
    })
    void conflicts(
            final String first,
            final boolean firstReuse,
            final boolean listening,
            final String second,
            final boolean secondReuse,
            final boolean free) {
        table.add(address(first), 80, sharing(firstReuse)).listening(listening);
        assertThat(table.isFree(address(second), 80, sharing(secondReuse))).isEqualTo(free);
        assertThat(table.isFree(address(second), 81, PortSharing.NONE)).isTrue();
    }

    /** A port is used until the last binding of it is closed. */
    @Test
    void closing() {
        final PortBinding first = table.add(address("192.0.2.1"), 80, PortSharing.ADDRESS);
        final PortBinding second = table.add(address("192.0.2.1"), 80, PortSharing.ADDRESS);
        first.close();
        first.close();
        assertThat(table.isUsed(80)).isTrue();
        second.close();
        assertThat(table.isUsed(80)).isFalse();
        assertThat(table.isFree(address("0.0.0.0"), 80, PortSharing.NONE)).isTrue();
    }

    /** One listener for an address and port, whatever may be reused. */
    @Test
    void oneListener() {
        final PortBinding first = table.add(address("192.0.2.1"), 80, PortSharing.ADDRESS);
        final PortBinding second = table.add(address("0.0.0.0"), 80, PortSharing.ADDRESS);
        first.listening(true);
        assertThat(table.mayListen(first)).isTrue();
        assertThat(table.mayListen(second)).isFalse();
        first.listening(false);
        assertThat(table.mayListen(second)).isTrue();
        first.sharing(PortSharing.NONE);
        assertThat(table.mayListen(second)).isFalse();
    }

    /** SO_REUSEPORT: as many listeners as agree to it. */
    @Test
    void listenersThatShare() {
        final PortSharing port = new PortSharing(false, true);
        table.add(address("192.0.2.1"), 80, port).listening(true);
        assertThat(table.isFree(address("192.0.2.1"), 80, PortSharing.ADDRESS)).isFalse();
        assertThat(table.isFree(address("192.0.2.1"), 80, port)).isTrue();
        assertThat(table.mayListen(table.add(address("192.0.2.1"), 80, port))).isTrue();
    }

    /** RFC 6335 6: ephemeral ports are dynamic ones, and all of them come up before one comes again. */
    @Test
    void allEphemeralPorts() {
        final EphemeralPorts ports = new EphemeralPorts();
        final Set<Integer> seen = new HashSet<>();
        for (int i = EphemeralPorts.FIRST; i < 65_536; i++) {
            final int port = ports.choose(-123_456_789, candidate -> !seen.contains(candidate));
            assertThat(port).isBetween(EphemeralPorts.FIRST, 65_535);
            assertThat(seen.add(port)).isTrue();
        }
        assertThat(ports.choose(0, candidate -> !seen.contains(candidate))).isZero();
    }

    /** The last free one is found, wherever it is. */
    @Test
    void lastEphemeralPort() {
        final EphemeralPorts ports = new EphemeralPorts();
        for (final int last : new int[] {EphemeralPorts.FIRST, 50_000, 65_535}) {
            assertThat(ports.choose(last * 31, candidate -> candidate == last)).isEqualTo(last);
        }
    }

    /** RFC 6056 3.3.4: how far one destination has counted tells nothing about others. */
    @Test
    void destinationsCountForThemselves() {
        final EphemeralPorts ports = new EphemeralPorts();
        final long one = 1L << 32 | 100;
        final long other = 2L << 32 | 7_000;
        final int first = ports.choose(one, candidate -> true);
        for (int i = 0; i < 50; i++) {
            ports.choose(other, candidate -> true);
        }
        assertThat(ports.choose(one, candidate -> true)).isEqualTo(first + 1);
    }

    private static PortSharing sharing(final boolean reuseAddress) {
        return reuseAddress ? PortSharing.ADDRESS : PortSharing.NONE;
    }
}
