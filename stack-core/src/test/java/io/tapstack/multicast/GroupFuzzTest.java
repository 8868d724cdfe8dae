package io.tapstack.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any messages of IGMP and MLD, at any time, between changes of memberships. The bytes of the input choose among
 * messages that are right or nearly so. The number of timers and reports stays bounded, each report is well-formed, and
 * once all groups are left nothing is pending.
 */
class GroupFuzzTest {

    private static final int MOST_STEPS = 300;
    private static final String[] MLD_GROUPS = {"ff15::1", "ff15::2", "ff02::1", "::", "2001:db8::1"};
    private static final String[] MLD_SOURCES = {"2001:db8::1", "2001:db8::2", "2001:db8::3"};
    private static final String[] IGMP_GROUPS = {"239.1.1.1", "239.1.1.2", "224.0.0.1", "0.0.0.0", "10.0.0.1"};
    private static final String[] IGMP_SOURCES = {"10.0.0.7", "10.0.0.8", "10.0.0.9"};
    private static final int[] MLD_TYPES = {130, 131, 132, 143};
    private static final int[] IGMP_TYPES = {0x11, 0x12, 0x16, 0x17, 0x22};
    private static final double[] TIMES = {0.001, 0.3, 1, 11, 300};

    @FuzzTest
    void anyMessages(final byte[] input) {
        final ByteBuffer bytes = ByteBuffer.wrap(input);
        final GroupTrace host = new GroupTrace();
        final List<Membership> memberships = new ArrayList<>();
        for (int step = 0; step < MOST_STEPS && bytes.hasRemaining(); step++) {
            final boolean mld = choice(bytes, 2) == 0;
            switch (choice(bytes, 6)) {
                case 0 -> host.advanceSeconds(TIMES[choice(bytes, TIMES.length)]);
                case 1 -> join(host, mld, bytes, memberships);
                case 2 -> {
                    if (!memberships.isEmpty()) {
                        final Membership one = memberships.get(choice(bytes, memberships.size()));
                        one.change(filter(one.group().isIpv4() ? IGMP_SOURCES : MLD_SOURCES, bytes));
                    }
                }
                default -> receive(host, mld, bytes);
            }
            host.sent();
            assertThat(host.wheel.armedTimers()).isLessThan(30);
        }
        memberships.forEach(Membership::leave);
        host.advanceSeconds(100);
        host.sent();
        assertThat(host.mld.groups().joined()).isEmpty();
        assertThat(host.igmp.groups().joined()).isEmpty();
        host.receiveMld(GroupTrace.mldQuery(1, "::"));
        host.receiveIgmp("224.0.0.1", GroupTrace.igmpQuery(1, "0.0.0.0"));
        host.advanceSeconds(100);
        assertThat(host.sent()).as("no group, no report").isEmpty();
        host.assertNothingLeaked();
    }

    /** The same without a fuzzer, so that every test run explores the same sequences. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anythingAtRandom(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20; i++) {
            final byte[] input = new byte[3000];
            random.nextBytes(input);
            anyMessages(input);
        }
    }

    private static void join(
            final GroupTrace host, final boolean mld, final ByteBuffer bytes, final List<Membership> memberships) {
        final String group = (mld ? MLD_GROUPS : IGMP_GROUPS)[choice(bytes, 3)];
        final SourceFilter filter = filter(mld ? MLD_SOURCES : IGMP_SOURCES, bytes);
        if (memberships.size() < 8 && !filter.isNone()) {
            final Membership added = (mld ? host.mld.groups() : host.igmp.groups()).join(GroupTrace.ip(group), filter);
            assertThat(added).isNotNull();
            if (added != null) {
                memberships.add(added);
            }
        }
    }

    private static SourceFilter filter(final String[] sources, final ByteBuffer bytes) {
        final String[] chosen = new String[choice(bytes, 3)];
        final int first = choice(bytes, sources.length);
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = sources[(first + i) % sources.length];
        }
        return choice(bytes, 2) == 0 ? GroupTrace.include(chosen) : GroupTrace.exclude(chosen);
    }

    private static void receive(final GroupTrace host, final boolean mld, final ByteBuffer bytes) {
        final String group = (mld ? MLD_GROUPS : IGMP_GROUPS)[choice(bytes, 5)];
        final String[] sources = new String[choice(bytes, 4)];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = (mld ? MLD_SOURCES : IGMP_SOURCES)[i % 3];
        }
        final int code = choice(bytes, 256) << (mld ? choice(bytes, 9) : 0);
        final boolean old = choice(bytes, 3) == 0;
        ByteBuffer message;
        if (mld) {
            message = old
                    ? GroupTrace.mldV1(MLD_TYPES[choice(bytes, 4)], code, group)
                    : GroupTrace.mldQuery(code, group, sources);
        } else {
            message = old
                    ? GroupTrace.igmpOld(IGMP_TYPES[choice(bytes, 5)], code, group)
                    : GroupTrace.igmpQuery(code, group, sources);
        }
        if (choice(bytes, 4) == 0) {
            final int at = choice(bytes, message.limit());
            message.put(at, (byte) (message.get(at) ^ 1 << choice(bytes, 8)));
            final byte[] cut = new byte[Math.max(4, message.limit() - choice(bytes, 6))];
            message.get(0, cut);
            message = ByteBuffer.wrap(cut);
        }
        if (mld) {
            host.receiveMld(choice(bytes, 8) == 0 ? "::" : "fe80::1", 1, choice(bytes, 8) > 0, message);
        } else {
            host.receiveIgmp(choice(bytes, 4) == 0 ? group : "224.0.0.1", message);
        }
    }

    private static int choice(final ByteBuffer bytes, final int bound) {
        return bytes.hasRemaining() ? (bytes.get() & 0xFF) % bound : 0;
    }
}
