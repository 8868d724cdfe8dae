package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.wire.SipHash;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 4862 5.3 and 5.5, RFC 7217. */
class AddressAutoconfigurationTest {

    private static final String PREFIX = "2001:db8::";
    private static final int HOUR = 3600;

    private final NdpTrace host = NdpTrace.settled();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private void advertise(final long valid, final long preferred) {
        host.advertise(NdpBytes.ra(9000).prefix(PREFIX, 64, "A", valid, preferred));
    }

    private HostAddress stable() {
        return host.only(HostAddress.Origin.STABLE);
    }

    private List<HostAddress> stables() {
        return host.addresses.all().stream()
                .filter(address -> address.origin() == HostAddress.Origin.STABLE)
                .toList();
    }

    @Test
    void makesALinkLocalAddressForGood() { // RFC 4862 5.3
        final HostAddress address = host.only(HostAddress.Origin.LINK_LOCAL);
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
        assertThat(address.address().high()).isEqualTo(0xFE80_0000_0000_0000L);
        assertThat(host.groups).hasSize(1);
        host.advanceSeconds(1e7);
        assertThat(address.isUsable()).isTrue();
    }

    @Test
    void makesACheckedAddressFromAPrefix() { // RFC 4862 5.5.3 (d)
        advertise(2 * HOUR, HOUR);
        final HostAddress address = stable();
        assertThat(address.state()).isEqualTo(AddressState.TENTATIVE);
        assertThat(address.address().high()).isEqualTo(0x2001_0db8_0000_0000L);
        assertThat(address.advertisedBy()).hasToString(NdpTrace.ROUTER);
        host.advanceSeconds(2);
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
    }

    @Test
    void deprecatedThenRemoved() { // RFC 4862 5.5.4
        advertise(3 * HOUR, HOUR);
        final HostAddress address = stable();
        host.advanceSeconds(HOUR - 1);
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
        host.advanceSeconds(1);
        assertThat(address.state()).isEqualTo(AddressState.DEPRECATED);
        host.advanceSeconds(2 * HOUR - 1);
        assertThat(address.state()).isEqualTo(AddressState.DEPRECATED);
        host.advanceSeconds(1);
        assertThat(address.state()).isEqualTo(AddressState.REMOVED);
        assertThat(stables()).isEmpty();
        assertThat(host.groups).as("the group of the link-local address").hasSize(1);
    }

    @Test
    void anAdvertisementMakesADeprecatedAddressPreferredAgain() {
        advertise(3 * HOUR, 10);
        final HostAddress address = stable();
        host.advanceSeconds(20);
        assertThat(address.state()).isEqualTo(AddressState.DEPRECATED);
        advertise(3 * HOUR, HOUR);
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
        advertise(3 * HOUR, 0);
        assertThat(address.state()).isEqualTo(AddressState.DEPRECATED);
    }

    @ParameterizedTest
    @CsvSource({
        // valid lifetime left, received; left afterwards, in seconds (RFC 4862 5.5.3 (e))
        "20000, 8000, 8000",
        "20000, 30000, 30000",
        "20000, 100, 7200",
        "20000, 0, 7200",
        "7200, 100, 7200",
        "5000, 100, 5000",
        "5000, 6000, 6000",
        "5000, 4294967295, -1",
    })
    void nobodyCanEndAnAddressInLessThanTwoHours(final long left, final long received, final long after) {
        advertise(left, 60);
        advertise(received, Math.min(received, 60));
        final long until = stable().validUntilNanos();
        assertThat(until == Long.MAX_VALUE ? -1 : (until - host.wheel.nowNanos()) / 1_000_000_000L)
                .isEqualTo(after);
    }

    @Test
    void badPrefixesMakeNoAddress() { // RFC 4862 5.5.3 (a) to (d)
        host.advertise(NdpBytes.ra(1800)
                .prefix("2001:db8:1::", 64, "L", HOUR, HOUR) // not for addresses
                .prefix("fe80::", 64, "A", HOUR, HOUR) // link-local
                .prefix("2001:db8:2::", 64, "A", HOUR, HOUR + 1) // preferred for longer than valid
                .prefix("2001:db8:3::", 48, "A", HOUR, HOUR) // does not go with 64 bits
                .prefix("2001:db8:4::", 64, "A", 0, 0) // over
                .prefix("ff02::", 64, "A", HOUR, HOUR)); // a group
        assertThat(stables()).isEmpty();
    }

    @Test
    void identifiersDifferBetweenPrefixesAndStayForAPrefix() { // RFC 7217 5
        host.advertise(NdpBytes.ra(1800)
                .prefix("2001:db8:1::", 64, "A", HOUR, HOUR)
                .prefix("2001:db8:2::", 64, "A", HOUR, HOUR));
        final List<HostAddress> two = stables();
        assertThat(two).hasSize(2);
        assertThat(two.get(0).address().low()).isNotEqualTo(two.get(1).address().low());
        final InterfaceId same = new InterfaceId(new SipHash(1, 2), NdpTrace.MAC);
        assertThat(two.get(0).address().low()).isEqualTo(same.stable(0x2001_0db8_0001_0000L, 0));
    }

    @Test
    void secretInterfaceAndCounterChangeTheIdentifier() { // RFC 7217 5
        final Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            ids.add(new InterfaceId(new SipHash(i, 2), 1).stable(5, 0));
            ids.add(new InterfaceId(new SipHash(0, 2), 10 + i).stable(5, 0));
            ids.add(new InterfaceId(new SipHash(0, 2), 1).stable(5, 10 + i));
            ids.add(new InterfaceId(new SipHash(0, 2), 1).stable(6 + i, 0));
        }
        assertThat(ids).hasSize(16).noneMatch(InterfaceId::isReserved);
    }

    @Test
    void reservedIdentifiersAreNotUsed() { // RFC 5453
        assertThat(List.of(
                        0L,
                        0xFDFF_FFFF_FFFF_FF80L,
                        0xFDFF_FFFF_FFFF_FFFFL,
                        0x0200_5EFF_FE00_0000L,
                        0x0200_5EFF_FE00_5213L))
                .allMatch(InterfaceId::isReserved);
        assertThat(List.of(1L, 0xFDFF_FFFF_FFFF_FF7FL, 0xFE00_0000_0000_0000L, 0x0200_5EFF_FF00_0000L))
                .noneMatch(InterfaceId::isReserved);
    }

    @Test
    void aDuplicateGetsAnotherIdentifier() { // RFC 7217 6: DAD_Counter, IDGEN_DELAY, IDGEN_RETRIES
        advertise(2 * HOUR, HOUR);
        final Set<String> tried = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            final String address = stable().address().toString();
            assertThat(tried.add(address)).isTrue();
            host.advanceToTimer();
            host.receive(address, "ff02::1", NdpBytes.na(address, "O").targetLink(NdpTrace.OTHER_MAC));
            assertThat(stables()).isEmpty();
            host.advanceSeconds(0.999);
            assertThat(stables()).isEmpty();
            host.advanceSeconds(0.001);
        }
        host.advanceSeconds(600);
        assertThat(stables()).as("it gives up after three further identifiers").isEmpty();
        assertThat(host.groups).hasSize(1);
    }

    @Test
    void aConfiguredAddressIsNotMadeTwice() {
        final String made = InterfaceId.address(
                        0x2001_0db8_0000_0000L,
                        new InterfaceId(new SipHash(1, 2), NdpTrace.MAC).stable(0x2001_0db8_0000_0000L, 0))
                .toString();
        host.assigned(made);
        advertise(2 * HOUR, HOUR);
        assertThat(stables()).isEmpty();
        host.advanceSeconds(3 * HOUR);
        assertThat(host.addresses.size()).isEqualTo(2);
    }
}
