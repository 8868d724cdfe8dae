package io.tapstack.multicast;

import static io.tapstack.multicast.GroupTrace.exclude;
import static io.tapstack.multicast.GroupTrace.include;
import static io.tapstack.multicast.GroupTrace.ip;
import static io.tapstack.multicast.GroupTrace.mldQuery;
import static io.tapstack.multicast.GroupTrace.mldV1;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.AddressState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 3810 6 and 8, RFC 2710 4. */
class MldProtocolTest {

    private static final String GROUP = "ff15::1";
    private static final String TO = "report fe80::2 > ff02::16 ";

    private final GroupTrace host = new GroupTrace();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private Membership join(final String group, final SourceFilter filter) {
        return Objects.requireNonNull(host.mld.groups().join(ip(group), filter));
    }

    /** Joins, and waits until all reports of that are sent. */
    private Membership joined(final String group, final SourceFilter filter) {
        final Membership membership = join(group, filter);
        host.advanceSeconds(5);
        host.sent();
        return membership;
    }

    // ---- Changes (RFC 3810 6.1)

    @Test
    void reportsAJoinTwice() { // 9.1 Robustness Variable 2, 9.11 Unsolicited Report Interval 1 s
        join(GROUP, SourceFilter.ALL);
        assertThat(host.sent()).containsExactly(TO + "TO_EX ff15::1{}");
        assertThat(host.advanceToTimer()).isBetween(0.0, 1.0);
        assertThat(host.sent()).containsExactly(TO + "TO_EX ff15::1{}");
        host.advanceSeconds(100);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void reportsALeaveTwice() {
        joined(GROUP, SourceFilter.ALL).leave();
        host.advanceSeconds(5);
        assertThat(host.sent()).containsExactly(TO + "TO_IN ff15::1{}", TO + "TO_IN ff15::1{}");
    }

    @Test
    void reportsSourcesThatAreAllowedAndBlocked() {
        final Membership membership = joined(GROUP, include("2001:db8::1", "2001:db8::2"));
        membership.change(include("2001:db8::2", "2001:db8::3"));
        assertThat(host.sent()).containsExactly(TO + "ALLOW ff15::1{2001:db8::3} BLOCK ff15::1{2001:db8::1}");
        host.advanceSeconds(5);
        host.sent();
        membership.leave();
        assertThat(host.sent()).containsExactly(TO + "BLOCK ff15::1{2001:db8::2 2001:db8::3}");
        host.advanceSeconds(5);
    }

    @Test
    void excludedSourcesAreBlockedAndAllowed() {
        final Membership membership = joined(GROUP, exclude("2001:db8::1"));
        membership.change(exclude("2001:db8::2"));
        assertThat(host.sent()).containsExactly(TO + "ALLOW ff15::1{2001:db8::1} BLOCK ff15::1{2001:db8::2}");
    }

    @Test
    void aChangeDuringTheReportsOfAnotherIsMergedWithIt() { // 6.1: each change is reported twice
        final Membership membership = joined(GROUP, include("2001:db8::1"));
        membership.change(include("2001:db8::1", "2001:db8::2"));
        membership.change(include("2001:db8::1", "2001:db8::2", "2001:db8::3"));
        assertThat(host.sent())
                .containsExactly(TO + "ALLOW ff15::1{2001:db8::2}", TO + "ALLOW ff15::1{2001:db8::2 2001:db8::3}");
        host.advanceSeconds(5);
        assertThat(host.sent()).containsExactly(TO + "ALLOW ff15::1{2001:db8::3}");
    }

    @Test
    void aChangeOfTheModeComesFirst() { // 6.1
        final Membership membership = joined(GROUP, include("2001:db8::1"));
        membership.change(exclude("2001:db8::2"));
        membership.change(exclude("2001:db8::3"));
        assertThat(host.sent()).containsExactly(TO + "TO_EX ff15::1{2001:db8::2}", TO + "TO_EX ff15::1{2001:db8::3}");
        host.advanceSeconds(10);
        assertThat(host.sent()).last().asString().startsWith(TO + "ALLOW ff15::1{2001:db8::2} BLOCK");
    }

    @Test
    void theGroupOfAllNodesAndLocalGroupsAreNotReported() { // RFC 3810 6
        join("ff02::1", SourceFilter.ALL);
        join("ff01::7", SourceFilter.ALL);
        host.advanceSeconds(5);
        host.receiveMld(mldQuery(1000, "::"));
        host.advanceSeconds(5);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void withoutALinkLocalAddressTheSourceIsUnspecified() { // 5.2.13
        host.addresses.get(0).state(AddressState.TENTATIVE);
        join("ff02::1:ff00:2", SourceFilter.ALL);
        assertThat(host.sent()).containsExactly("report :: > ff02::16 TO_EX ff02::1:ff00:2{}");
    }

    @Test
    void manyGroupsAreDividedAmongReports() { // 5.2.15
        for (int i = 0; i < 200; i++) {
            joined("ff15::1:" + Integer.toHexString(i), SourceFilter.ALL);
        }
        host.receiveMld(mldQuery(1, "::"));
        host.advanceSeconds(1);
        final List<String> reports = host.sent();
        assertThat(reports).hasSize((200 + 58) / 59);
        assertThat(String.join("", reports).split("IS_EX", -1)).hasSize(201);
    }

    // ---- Queries (RFC 3810 6.2, 6.3)

    @Test
    void answersAGeneralQueryOnceWithinTheDelay() {
        joined(GROUP, SourceFilter.ALL);
        joined("ff15::2", include("2001:db8::1"));
        host.receiveMld(mldQuery(10_000, "::"));
        assertThat(host.sent()).isEmpty();
        final List<Double> delays = new ArrayList<>();
        delays.add(host.advanceToTimer());
        assertThat(host.sent()).containsExactly(TO + "IS_EX ff15::1{} IS_IN ff15::2{2001:db8::1}");
        for (int i = 0; i < 20; i++) {
            host.receiveMld(mldQuery(10_000, "::"));
            host.receiveMld(mldQuery(10_000, "::"));
            delays.add(host.advanceToTimer());
            host.advanceSeconds(10);
            assertThat(host.sent()).as("two queries, one answer").hasSize(1);
        }
        assertThat(delays).allMatch(delay -> delay > 0 && delay < 10).doesNotHaveDuplicates();
    }

    @Test
    void answersAQueryForAGroup() {
        joined(GROUP, exclude("2001:db8::9"));
        host.receiveMld(mldQuery(1000, GROUP));
        host.receiveMld(mldQuery(1000, "ff15::77"));
        host.advanceSeconds(1);
        assertThat(host.sent()).containsExactly(TO + "IS_EX ff15::1{2001:db8::9}");
    }

    @Test
    void answersAQueryForSourcesWithThoseThatAreWanted() {
        joined(GROUP, exclude("2001:db8::9"));
        host.receiveMld(mldQuery(1000, GROUP, "2001:db8::9", "2001:db8::8"));
        host.receiveMld(mldQuery(1000, GROUP, "2001:db8::7"));
        host.advanceSeconds(1);
        assertThat(host.sent())
                .as("6.3: the lists are merged")
                .containsExactly(TO + "IS_IN ff15::1{2001:db8::7 2001:db8::8}");
        host.receiveMld(mldQuery(1000, GROUP, "2001:db8::9"));
        host.advanceSeconds(1);
        assertThat(host.sent()).as("none is wanted").isEmpty();
        host.receiveMld(mldQuery(1000, GROUP, "2001:db8::9"));
        host.receiveMld(mldQuery(1000, GROUP));
        host.advanceSeconds(1);
        assertThat(host.sent()).as("6.2 rule 4").containsExactly(TO + "IS_EX ff15::1{2001:db8::9}");
    }

    @ParameterizedTest
    @CsvSource({"1000, 1", "32767, 32.767", "32768, 32.768", "36864, 65.536", "65535, 8387.584"})
    void theMaximumResponseCode(final int code, final double seconds) { // 5.1.3
        assertThat(io.tapstack.wire.MldMessage.maxResponse(mldQuery(code, "::"), 0) / 1e9)
                .isEqualTo(seconds);
    }

    @Test
    void aQueryMustComeFromARouterOfTheLink() { // 6.2
        joined(GROUP, SourceFilter.ALL);
        host.receiveMld("2001:db8::1", 1, true, mldQuery(1, "::"));
        host.receiveMld("::", 1, true, mldQuery(1, "::"));
        host.receiveMld("fe80::1", 64, true, mldQuery(1, "::"));
        host.receiveMld("fe80::1", 1, false, mldQuery(1, "::"));
        host.receiveMld(mldQuery(1, "2001:db8::1"));
        host.receiveMld(java.nio.ByteBuffer.allocate(26).putInt(0, 130 << 24));
        host.receiveMld(java.nio.ByteBuffer.allocate(28).putInt(0, 130 << 24).putShort(26, (short) 1));
        host.advanceSeconds(10);
        assertThat(host.sent()).isEmpty();
        assertThat(host.drops(DropReason.GROUP_MALFORMED)).isEqualTo(7);
    }

    @Test
    void aFloodOfQueriesLeavesMemoryFlat() {
        joined(GROUP, SourceFilter.ALL);
        for (int i = 0; i < 100_000; i++) {
            host.receiveMld(mldQuery(10_000, GROUP, "2001:db8::" + Integer.toHexString(i & 0xFFFF)));
            host.receiveMld(mldQuery(10_000, "ff15::" + Integer.toHexString(i & 0xFFFF)));
        }
        assertThat(host.wheel.armedTimers()).isLessThanOrEqualTo(2);
        host.advanceSeconds(10);
        assertThat(host.sent()).hasSize(1).first().asString().isEqualTo(TO + "IS_EX ff15::1{}");
    }

    // ---- MLDv1 (RFC 3810 8.2, RFC 2710)

    @Test
    void speaksMldV1WhileARouterDoes() {
        joined(GROUP, SourceFilter.ALL);
        host.receiveMld(mldV1(130, 1000, "::"));
        host.advanceSeconds(1);
        assertThat(host.sent()).containsExactly("v1 fe80::2 > ff15::1 ff15::1");
        final Membership other = join("ff15::2", SourceFilter.ALL);
        host.advanceSeconds(20);
        assertThat(host.sent())
                .as("RFC 2710 4: sent twice")
                .containsExactly("v1 fe80::2 > ff15::2 ff15::2", "v1 fe80::2 > ff15::2 ff15::2");
        other.leave();
        assertThat(host.sent()).containsExactly("done fe80::2 > ff02::2 ff15::2");
        // Older Version Querier Present Timeout: 2 x 125 s + 1 s.
        host.advanceSeconds(229);
        join("ff15::3", SourceFilter.ALL);
        assertThat(host.sent()).first().asString().startsWith("v1");
        host.advanceSeconds(20);
        host.sent();
        join("ff15::4", SourceFilter.ALL);
        assertThat(host.sent()).containsExactly(TO + "TO_EX ff15::4{}");
    }

    @Test
    void anotherHostsReportSuppressesOurs() { // RFC 2710 4
        final Membership membership = joined(GROUP, SourceFilter.ALL);
        host.receiveMld(mldV1(130, 10_000, GROUP));
        host.receiveMld("fe80::9", 1, true, mldV1(131, 0, GROUP));
        host.advanceSeconds(10);
        assertThat(host.sent()).isEmpty();
        membership.leave();
        assertThat(host.sent()).as("it was not the last that reported").isEmpty();
    }

    @Test
    void aReportOfMldV1SuppressesNothingInMldV2() { // RFC 3810 8.2.2
        joined(GROUP, SourceFilter.ALL);
        host.receiveMld(mldQuery(10_000, GROUP));
        host.receiveMld("fe80::9", 1, true, mldV1(131, 0, GROUP));
        host.advanceSeconds(10);
        assertThat(host.sent()).hasSize(1);
    }
}
