package io.tapstack.multicast;

import static io.tapstack.multicast.GroupTrace.igmpOld;
import static io.tapstack.multicast.GroupTrace.igmpQuery;
import static io.tapstack.multicast.GroupTrace.include;
import static io.tapstack.multicast.GroupTrace.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 3376 5 and 7, RFC 2236 3; what IGMP has in common with MLD is in {@link MldProtocolTest}. */
class IgmpProtocolTest {

    private static final String GROUP = "239.1.2.3";
    private static final String ALL = "224.0.0.1";
    private static final String TO = "report 10.0.0.2 > 224.0.0.22 ";

    private final GroupTrace host = new GroupTrace();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private Membership join(final String group, final SourceFilter filter) {
        return Objects.requireNonNull(host.igmp.groups().join(ip(group), filter));
    }

    private Membership joined(final String group, final SourceFilter filter) {
        final Membership membership = join(group, filter);
        host.advanceSeconds(5);
        host.sent();
        return membership;
    }

    @Test
    void reportsJoinsSourcesAndLeaves() { // RFC 3376 5.1
        final Membership membership = join(GROUP, SourceFilter.ALL);
        host.advanceSeconds(1);
        assertThat(host.sent()).containsExactly(TO + "TO_EX 239.1.2.3{}", TO + "TO_EX 239.1.2.3{}");
        membership.change(include("10.0.0.7"));
        assertThat(host.sent()).containsExactly(TO + "TO_IN 239.1.2.3{10.0.0.7}");
        host.advanceSeconds(2);
        host.sent();
        membership.leave();
        assertThat(host.sent()).containsExactly(TO + "BLOCK 239.1.2.3{10.0.0.7}");
    }

    @Test
    void answersQueries() { // RFC 3376 5.2
        joined(GROUP, SourceFilter.ALL);
        host.receiveIgmp(ALL, igmpQuery(100, "0.0.0.0"));
        host.advanceSeconds(10);
        assertThat(host.sent()).containsExactly(TO + "IS_EX 239.1.2.3{}");
        host.receiveIgmp(GROUP, igmpQuery(10, GROUP, "10.0.0.7"));
        host.advanceSeconds(1);
        assertThat(host.sent()).containsExactly(TO + "IS_IN 239.1.2.3{10.0.0.7}");
    }

    @Test
    void theGroupOfAllSystemsIsNotReported() { // RFC 3376 5
        join(ALL, SourceFilter.ALL);
        host.advanceSeconds(5);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void badQueriesAreDropped() { // RFC 3376 4.1, 9.1
        joined(GROUP, SourceFilter.ALL);
        host.receiveIgmp("10.0.0.2", igmpQuery(1, "0.0.0.0"));
        host.receiveIgmp(ALL, igmpQuery(1, "10.0.0.9"));
        host.receiveIgmp(ALL, ByteBuffer.allocate(12).putInt(0, 0x11 << 24).putShort(10, (short) 1));
        host.receiveIgmp(ALL, ByteBuffer.allocate(7).putInt(0, 0x11 << 24));
        assertThat(host.drops(DropReason.GROUP_MALFORMED)).isEqualTo(4);
        host.receiveIgmp(ALL, igmpOld(0x22, 0, GROUP));
        assertThat(host.drops(DropReason.GROUP_NOT_FOR_US)).isEqualTo(1);
        host.advanceSeconds(10);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void speaksIgmpV2WhileARouterDoes() { // RFC 3376 7.2.1, RFC 2236 3
        final Membership membership = joined(GROUP, SourceFilter.ALL);
        host.receiveIgmp(ALL, igmpOld(0x11, 100, "0.0.0.0"));
        host.advanceSeconds(10);
        assertThat(host.sent()).containsExactly("v2 10.0.0.2 > 239.1.2.3 239.1.2.3");
        membership.leave();
        assertThat(host.sent()).containsExactly("leave 10.0.0.2 > 224.0.0.2 239.1.2.3");
        host.advanceSeconds(250);
        joined(GROUP, SourceFilter.ALL).leave();
        assertThat(host.sent()).containsExactly(TO + "TO_IN 239.1.2.3{}");
    }

    @Test
    void speaksIgmpV1WhileARouterDoes() { // RFC 3376 7.2.1: it has no message for leaving
        final Membership membership = joined(GROUP, SourceFilter.ALL);
        host.receiveIgmp(ALL, igmpOld(0x11, 100, "0.0.0.0"));
        host.receiveIgmp(ALL, igmpOld(0x11, 0, "0.0.0.0"));
        host.advanceSeconds(10);
        assertThat(host.sent()).containsExactly("v1 10.0.0.2 > 239.1.2.3 239.1.2.3");
        membership.leave();
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void anotherHostsReportSuppressesOurs() { // RFC 2236 3
        joined(GROUP, SourceFilter.ALL);
        host.receiveIgmp(GROUP, igmpOld(0x11, 100, GROUP));
        host.receiveIgmp(GROUP, igmpOld(0x16, 0, GROUP));
        host.advanceSeconds(10);
        assertThat(host.sent()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.1", "127, 12.7", "128, 12.8", "144, 25.6", "255, 3174.4"})
    void theMaximumResponseCode(final int code, final double seconds) { // RFC 3376 4.1.1
        assertThat(io.tapstack.wire.IgmpMessage.maxResponse(igmpQuery(code, ALL), 0) / 1e9)
                .isEqualTo(seconds);
    }

    @Test
    void aLongListOfSourcesIsDivided() { // RFC 3376 4.2.16
        final String[] many = new String[60];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.0.1." + (i + 1);
        }
        for (int i = 0; i < 4; i++) {
            join("239.9.9." + i, include(many));
        }
        host.advanceSeconds(5);
        host.sent();
        host.receiveIgmp(ALL, igmpQuery(1, "0.0.0.0"));
        host.advanceSeconds(1);
        assertThat(host.sent()).hasSize(2).allMatch(report -> report.contains("IS_IN"));
    }
}
