package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.SourceSelection;
import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 8981. */
class TemporaryAddressesTest {

    private static final long DAY = 86_400;
    private static final long SECOND = 1_000_000_000L;

    private final NdpTrace host = NdpTrace.settled(NdpConfig.DEFAULT.withTemporaryAddresses(true));

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private void advertise(final long valid, final long preferred) {
        host.advertise(NdpBytes.ra(9000).prefix("2001:db8::", 64, "A", valid, preferred));
    }

    private List<HostAddress> temporary() {
        return host.addresses.all().stream()
                .filter(address -> address.origin() == HostAddress.Origin.TEMPORARY)
                .toList();
    }

    @Test
    void oneForEachPrefixBesideTheStableOne() { // 3.4
        advertise(7 * DAY, 7 * DAY);
        host.advanceSeconds(3);
        final HostAddress made = host.only(HostAddress.Origin.TEMPORARY);
        assertThat(made.state()).isEqualTo(AddressState.PREFERRED);
        final long now = host.wheel.nowNanos();
        // TEMP_VALID_LIFETIME; TEMP_PREFERRED_LIFETIME less DESYNC_FACTOR.
        assertThat((made.validUntilNanos() - now) / SECOND).isBetween(2 * DAY - 4, 2 * DAY);
        assertThat((made.preferredUntilNanos() - now) / SECOND).isBetween(DAY * 6 / 10 - 4, DAY);
        final HostAddress chosen = SourceSelection.DEFAULT.select(host.addresses, IpAddress.parse("2001:db8:9::1"));
        assertThat(Objects.requireNonNull(chosen)).as("RFC 6724 5, rule 7").isSameAs(made);
    }

    @Test
    void replacedBeforeItIsDeprecatedAndRemovedAfterTwoDays() { // 3.4, 3.5
        advertise(100 * DAY, 100 * DAY);
        host.advanceSeconds(3);
        final HostAddress first = host.only(HostAddress.Origin.TEMPORARY);
        // REGEN_ADVANCE is 2 + 3 x 1 x 1 s.
        host.advanceSeconds((first.preferredUntilNanos() - host.wheel.nowNanos()) / (double) SECOND - 5.5);
        assertThat(temporary()).hasSize(1);
        host.advanceSeconds(5);
        assertThat(temporary()).hasSize(2);
        final HostAddress second = temporary().get(1);
        assertThat(second.state()).as("ready before the first is deprecated").isEqualTo(AddressState.PREFERRED);
        assertThat(first.state()).isEqualTo(AddressState.PREFERRED);
        host.advanceSeconds(1);
        assertThat(first.state()).isEqualTo(AddressState.DEPRECATED);
        host.advanceSeconds(30 * DAY);
        assertThat(first.state()).isEqualTo(AddressState.REMOVED);
        assertThat(temporary()).hasSizeBetween(2, 4);
    }

    @Test
    void doesNotOutliveItsPrefix() { // 3.4 (1)
        advertise(4 * 3600, 3600);
        host.advanceSeconds(3);
        final HostAddress made = host.only(HostAddress.Origin.TEMPORARY);
        host.advanceSeconds(3598);
        assertThat(made.state()).isEqualTo(AddressState.DEPRECATED);
        assertThat(temporary()).as("none is made from a deprecated prefix").hasSize(1);
        host.advanceSeconds(3 * 3600);
        assertThat(temporary()).isEmpty();
    }

    @Test
    void advertisementsProlongItUpToItsLimit() { // 3.4 (1)
        advertise(4 * 3600, 3600);
        host.advanceSeconds(3);
        final HostAddress made = host.only(HostAddress.Origin.TEMPORARY);
        advertise(30 * DAY, 30 * DAY);
        assertThat((made.validUntilNanos() - host.wheel.nowNanos()) / SECOND).isBetween(2 * DAY - 4, 2 * DAY);
        assertThat((made.preferredUntilNanos() - host.wheel.nowNanos()) / SECOND)
                .isLessThanOrEqualTo(DAY);
    }

    @Test
    void aDuplicateGetsAnotherRandomIdentifierThreeTimes() { // 3.4 (7): TEMP_IDGEN_RETRIES
        advertise(7 * DAY, 7 * DAY);
        for (int i = 0; i < 4; i++) {
            final String address =
                    host.only(HostAddress.Origin.TEMPORARY).address().toString();
            host.advanceSeconds(1);
            host.receive("::", "ff02::1", NdpBytes.ns(address));
            host.receive(address, "ff02::1", NdpBytes.na(address, "O").targetLink(NdpTrace.OTHER_MAC));
        }
        assertThat(temporary()).isEmpty();
        advertise(7 * DAY, 7 * DAY);
        assertThat(temporary()).as("it has given up").isEmpty();
    }

    @Test
    void noneWithoutTheOption() {
        final NdpTrace plain = NdpTrace.settled();
        plain.advertise(NdpBytes.ra(9000).prefix("2001:db8::", 64, "A", 7 * DAY, 7 * DAY));
        assertThat(plain.addresses.all()).noneMatch(address -> address.origin() == HostAddress.Origin.TEMPORARY);
        plain.assertNothingLeaked();
    }
}
