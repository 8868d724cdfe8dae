package io.tapstack.multicast;

import static io.tapstack.multicast.GroupTrace.exclude;
import static io.tapstack.multicast.GroupTrace.include;
import static io.tapstack.multicast.GroupTrace.ip;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** RFC 3376 3.2, RFC 3810 4.2; the limits. */
class SourceFilterTest {

    @Test
    void aFilterAcceptsItsSources() {
        assertThat(include("10.0.0.1").accepts(ip("10.0.0.1"))).isTrue();
        assertThat(include("10.0.0.1").accepts(ip("10.0.0.2"))).isFalse();
        assertThat(exclude("10.0.0.1").accepts(ip("10.0.0.1"))).isFalse();
        assertThat(exclude("10.0.0.1").accepts(ip("10.0.0.2"))).isTrue();
        assertThat(SourceFilter.NONE.isNone()).isTrue();
        assertThat(SourceFilter.ALL.isNone()).isFalse();
    }

    @Test
    void mergesAsTheExamplesOfTheRfc() { // RFC 3376 3.2, the sockets s1, s2 and s3
        assertThat(SourceFilter.merge(List.of(
                        exclude("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"),
                        exclude("10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"),
                        include("10.0.0.4", "10.0.0.5", "10.0.0.6"))))
                .isEqualTo(exclude("10.0.0.2", "10.0.0.3"));
        assertThat(SourceFilter.merge(List.of(include("10.0.0.1", "10.0.0.2"), include("10.0.0.2", "10.0.0.3"))))
                .isEqualTo(include("10.0.0.1", "10.0.0.2", "10.0.0.3"));
        assertThat(SourceFilter.merge(List.of())).isEqualTo(SourceFilter.NONE);
    }

    @Test
    void theInterfaceReceivesWhatOneUserWants() {
        final List<String> changes = new ArrayList<>();
        final MulticastGroups groups =
                new MulticastGroups((group, from, to) -> changes.add(from.excludes() + " " + to.excludes()));
        final Membership one = Objects.requireNonNull(groups.join(ip("239.1.1.1"), include("10.0.0.1")));
        final Membership two = Objects.requireNonNull(groups.join(ip("239.1.1.1"), exclude("10.0.0.9")));
        assertThat(accepts(groups, "239.1.1.1", "10.0.0.5")).isTrue();
        assertThat(accepts(groups, "239.1.1.1", "10.0.0.9")).isFalse();
        assertThat(accepts(groups, "239.1.1.2", "10.0.0.5")).isFalse();
        two.leave();
        assertThat(accepts(groups, "239.1.1.1", "10.0.0.5")).isFalse();
        assertThat(accepts(groups, "239.1.1.1", "10.0.0.1")).isTrue();
        one.leave();
        one.leave();
        assertThat(groups.joined()).isEmpty();
        assertThat(changes).containsExactly("false false", "false true", "true false", "false false");
    }

    @Test
    void theStacksOwnMembershipIsNotTheUsers() {
        final MulticastGroups groups = new MulticastGroups((group, from, to) -> {});
        groups.join(ip("ff02::1:ff00:2"));
        groups.join(ip("ff02::1:ff00:2"));
        final Membership user = groups.join(ip("ff02::1:ff00:2"), SourceFilter.ALL);
        groups.leave(ip("ff02::1:ff00:2"));
        groups.leave(ip("ff02::1:ff00:2"));
        groups.leave(ip("ff02::1:ff00:2"));
        assertThat(groups.joined()).hasSize(1);
        Objects.requireNonNull(user).leave();
        assertThat(groups.joined()).isEmpty();
    }

    @Test
    void groupsAndSourcesAreBounded() {
        final MulticastGroups groups = new MulticastGroups((group, from, to) -> {});
        for (int i = 0; i < MulticastGroups.MAX_GROUPS; i++) {
            assertThat(groups.join(ip("239.1." + i / 200 + "." + i % 200), SourceFilter.ALL))
                    .isNotNull();
        }
        assertThat(groups.join(ip("239.2.2.2"), SourceFilter.ALL)).isNull();
        assertThat(groups.join(ip("239.1.0.0"), SourceFilter.ALL)).isNotNull();
        final String[] many = new String[MulticastGroups.MAX_SOURCES + 1];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.0.0." + (i + 1);
        }
        assertThat(groups.join(ip("239.1.0.0"), include(many))).isNull();
    }

    private static boolean accepts(final MulticastGroups groups, final String group, final String source) {
        return groups.accepts(
                ip(group).high(), ip(group).low(), ip(source).high(), ip(source).low());
    }
}
