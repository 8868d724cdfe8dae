package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6724 5: each rule, and the examples of 10.1. */
class SourceSelectionTest {

    private final AddressList addresses = new AddressList();

    private HostAddress add(final String text, final AddressState state) {
        return add(text, HostAddress.Origin.STABLE, state);
    }

    private HostAddress add(final String text, final HostAddress.Origin origin, final AddressState state) {
        final InterfaceText parsed = InterfaceText.parse(text);
        final HostAddress added = new HostAddress(parsed.address(), parsed.length(), origin, state);
        addresses.add(added);
        return added;
    }

    private String select(final String destination) {
        final HostAddress chosen = SourceSelection.DEFAULT.select(addresses, IpAddress.parse(destination));
        return chosen == null ? "none" : chosen.address().toString();
    }

    /** An address with a prefix length. */
    private record InterfaceText(IpAddress address, int length) {
        static InterfaceText parse(final String text) {
            final String[] parts = text.split("/");
            return new InterfaceText(IpAddress.parse(parts[0]), Integer.parseInt(parts[1]));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Rule 2: prefer appropriate scope.
        "2001:db8:1::1, 2001:db8:3::1/64 fe80::1/64, 2001:db8:3::1",
        "ff05::1, 2001:db8:3::1/64 fe80::1/64, 2001:db8:3::1",
        "ff02::1, 2001:db8:3::1/64 fe80::1/64, fe80::1",
        // Rule 1: prefer same address.
        "2001:db8:1::1, 2001:db8:1::1/64 2001:db8:2::1/64, 2001:db8:1::1",
        "2001:db8:2::1, 2001:db8:1::1/64 2001:db8:2::1/64, 2001:db8:2::1",
        // Rule 8: longest matching prefix.
        "2001:db8:1::1, 2001:db8:1::2/64 2001:db8:3::2/64, 2001:db8:1::2",
        "2001:db8:1::1, 2001:db8:3::2/64 2001:db8:1::2/64, 2001:db8:1::2",
        // Rule 6: prefer matching label.
        "2002:c633:6401::1, 2002:c633:6401::d5e3:7953:13eb:22e8/64 2001:db8:1::2/64, "
                + "2002:c633:6401:0:d5e3:7953:13eb:22e8",
        "2001:db8:1::d5e3:0:0:1, 2001:db8:1::2/64 2001:db8:3::2/64, 2001:db8:1::2",
        "fd00::1, 2001:db8:1::2/64 fd12::2/64, fd12::2",
        "2001:db8:9::1, fd12::2/64 2001:db8:1::2/64, 2001:db8:1::2",
        // Families do not mix.
        "198.51.100.121, 2001:db8:1::2/64 10.1.2.4/24, 10.1.2.4",
        "198.51.100.121, 2001:db8:1::2/64, none",
        "169.254.7.7, 10.1.2.4/24 169.254.13.78/16, 169.254.13.78",
        "198.51.100.121, 169.254.13.78/16 10.1.2.4/24, 10.1.2.4",
    })
    void choosesByTheRules(final String destination, final String candidates, final String expected) {
        for (final String each : candidates.split(" ")) {
            add(each, AddressState.PREFERRED);
        }
        assertThat(select(destination)).isEqualTo(expected);
    }

    @Test
    void rule3AvoidsDeprecatedAddresses() {
        add("2001:db8:1::2/64", AddressState.DEPRECATED);
        add("2001:db8:3::2/64", AddressState.PREFERRED);
        assertThat(select("2001:db8:1::1")).isEqualTo("2001:db8:3::2");
    }

    @Test
    void rule2ComesBeforeRule3() { // 10.1: "fe80::1 is deprecated" does not matter for a global destination
        add("fe80::1/64", AddressState.PREFERRED);
        add("2001:db8:1::2/64", AddressState.DEPRECATED);
        assertThat(select("2001:db8:1::1")).isEqualTo("2001:db8:1::2");
    }

    @Test
    void rule7PrefersTemporaryAddresses() {
        add("2001:db8:1::2/64", AddressState.PREFERRED);
        add("2001:db8:1::d5e3:0:0:1/64", HostAddress.Origin.TEMPORARY, AddressState.PREFERRED);
        assertThat(select("2001:db8:1::1")).isEqualTo("2001:db8:1:0:d5e3::1");
        final HostAddress stable =
                new SourceSelection(AddressPolicy.DEFAULT, false).select(addresses, IpAddress.parse("2001:db8:1::1"));
        assertThat(Objects.requireNonNull(stable).address()).hasToString("2001:db8:1::2");
    }

    @Test
    void rule5Point5PrefersThePrefixOfTheNextHop() {
        add("2001:db8:1::2/64", AddressState.PREFERRED).advertisedBy(IpAddress.parse("fe80::a"));
        add("2001:db8:2::2/64", AddressState.PREFERRED).advertisedBy(IpAddress.parse("fe80::b"));
        final HostAddress chosen =
                SourceSelection.DEFAULT.select(addresses, IpAddress.parse("2001:db8:1::1"), IpAddress.parse("fe80::b"));
        assertThat(Objects.requireNonNull(chosen).address()).hasToString("2001:db8:2::2");
    }

    @Test
    void tentativeAndDuplicateAddressesAreNoCandidates() { // RFC 4862 5.4
        add("2001:db8:1::2/64", AddressState.TENTATIVE);
        add("2001:db8:1::3/64", AddressState.DUPLICATE);
        assertThat(select("2001:db8:1::1")).isEqualTo("none");
    }

    @Test
    void theEarlierAddressWinsATie() {
        add("10.0.0.2/24", AddressState.PREFERRED);
        add("10.0.0.3/24", AddressState.PREFERRED);
        assertThat(select("10.0.0.1")).isEqualTo("10.0.0.2");
    }
}
