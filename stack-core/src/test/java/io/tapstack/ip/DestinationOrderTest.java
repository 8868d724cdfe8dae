package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6724 6: each rule, and the examples of 10.2. */
class DestinationOrderTest {

    private final AddressList addresses = new AddressList();

    private void add(final String text, final AddressState state) {
        final String[] parts = text.split("/");
        addresses.add(new HostAddress(
                IpAddress.parse(parts[0]), Integer.parseInt(parts[1]), HostAddress.Origin.STABLE, state));
    }

    private List<String> sort(final String... destinations) {
        return new DestinationOrder(AddressPolicy.DEFAULT)
                        .sort(
                                Stream.of(destinations).map(IpAddress::parse).toList(),
                                destination -> SourceSelection.DEFAULT.select(addresses, destination))
                        .stream()
                        .map(IpAddress::toString)
                        .toList();
    }

    @ParameterizedTest
    @CsvSource({
        // Rule 2: prefer matching scope.
        "2001:db8:1::2/64 fe80::1/64 169.254.13.78/16, 2001:db8:1::1 198.51.100.121, 2001:db8:1::1 198.51.100.121",
        "fe80::1/64 198.51.100.117/24, 2001:db8:1::1 198.51.100.121, 198.51.100.121 2001:db8:1::1",
        // Rule 6: prefer higher precedence.
        "2001:db8:1::2/64 fe80::1/64 10.1.2.4/24, 2001:db8:1::1 10.1.2.3, 2001:db8:1::1 10.1.2.3",
        "2001:db8:1::2/64 fe80::2/64 10.1.2.4/24, 10.1.2.3 2001:db8:1::1, 2001:db8:1::1 10.1.2.3",
        // Rule 8: prefer smaller scope.
        "2001:db8:1::2/64 fe80::2/64, 2001:db8:1::1 fe80::1, fe80::1 2001:db8:1::1",
        // Rule 5: prefer matching label.
        "2002:c633:6401::2/48 fe80::2/64, 2002:c633:6401::1 2001:db8:1::1, 2002:c633:6401::1 2001:db8:1::1",
        // Rule 9: longest matching prefix, of IPv6.
        "2001:db8:3::2/48 fe80::1/64, 2001:db8:3ffe::1 2001:db8:3:1::1, 2001:db8:3:1::1 2001:db8:3ffe::1",
        // Rule 1: avoid unusable destinations.
        "10.1.2.4/24, 2001:db8:1::1 198.51.100.121, 198.51.100.121 2001:db8:1::1",
        // Rule 10: leave the order of DNS.
        "10.1.2.4/24, 192.0.2.9 10.1.2.9 192.0.2.1, 192.0.2.9 10.1.2.9 192.0.2.1",
    })
    void sortsByTheRules(final String sources, final String destinations, final String expected) {
        for (final String each : sources.split(" ")) {
            add(each, AddressState.PREFERRED);
        }
        assertThat(sort(destinations.split(" "))).containsExactly(expected.split(" "));
    }

    @Test
    void rule3AvoidsDeprecatedSources() {
        add("2001:db8:1::2/64", AddressState.DEPRECATED);
        add("fe80::2/64", AddressState.PREFERRED);
        assertThat(sort("2001:db8:1::1", "fe80::1")).containsExactly("fe80::1", "2001:db8:1::1");
    }
}
