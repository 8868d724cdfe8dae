package io.tapstack.multicast;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells routers which groups a host receives on one link: reports of changes, sent several times, and answers to
 * queries after a random delay (RFC 3376 5, RFC 3810 6). While a querier speaks an older version, so does the host (RFC
 * 3376 7.2, RFC 3810 8.2).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class GroupReporting {

    private static final long SECOND = 1_000_000_000L;

    // RFC 3376 8, RFC 3810 9
    static final int ROBUSTNESS = 2;
    static final long QUERY_INTERVAL = 125 * SECOND;
    static final long UNSOLICITED_REPORT_INTERVAL = SECOND;

    /** RFC 2236 8.10, RFC 2710 7.10. */
    static final long OLD_UNSOLICITED_REPORT_INTERVAL = 10 * SECOND;

    /** More sources of one query than these are as good as all. */
    private static final int MAX_QUERIED_SOURCES = 64;

    private static final int MAX_ROBUSTNESS = 7;

    private final GroupSpeaker speaker;
    private final TimerWheel wheel;
    private final RandomGenerator random;
    private final Map<IpAddress, Group> groups = new LinkedHashMap<>();
    private final Timer changes;
    private final Timer general;
    private final Timer old;
    private final Timer oldest;
    private int robustness = ROBUSTNESS;
    private long queryInterval = QUERY_INTERVAL;

    GroupReporting(final GroupSpeaker speaker, final TimerWheel wheel, final RandomGenerator random) {
        this.speaker = speaker;
        this.wheel = wheel;
        this.random = random;
        this.changes = new Timer(wheel, this::reportChanges);
        this.general = new Timer(wheel, now -> reportAll());
        this.old = new Timer(wheel, now -> cancelAll());
        this.oldest = new Timer(wheel, now -> cancelAll());
    }

    /** The version of the querier that the host follows now. */
    QuerierVersion version() {
        return oldest.isArmed() ? QuerierVersion.OLDEST : old.isArmed() ? QuerierVersion.OLD : QuerierVersion.CURRENT;
    }

    void stop() {
        cancelAll();
        old.cancel();
        oldest.cancel();
        groups.clear();
    }

    // ---- Changes

    /** The interface's filter for a group has changed (RFC 3376 5.1, RFC 3810 6.1). */
    void changed(final IpAddress address, final SourceFilter from, final SourceFilter to) {
        if (!speaker.isReported(address)) {
            return;
        }
        final Group group = groups.computeIfAbsent(address, Group::new);
        group.filter = to;
        if (version() != QuerierVersion.CURRENT) {
            changedOld(group, from, to);
            return;
        }
        if (from.excludes() != to.excludes()) {
            group.modeChanges = robustness;
            group.sourceChanges.clear();
        } else {
            noteSources(group, from.sources(), to.sources());
            noteSources(group, to.sources(), from.sources());
        }
        reportChanges(wheel.nowNanos());
    }

    /** Notes the sources that one set has and the other has not. */
    private void noteSources(final Group group, final Set<IpAddress> one, final Set<IpAddress> other) {
        for (final IpAddress source : one) {
            if (!other.contains(source)) {
                group.sourceChanges.put(source, robustness);
            }
        }
    }

    private void reportChanges(final long nowNanos) {
        final List<GroupRecord> records = new ArrayList<>();
        boolean more = false;
        for (final Group group : List.copyOf(groups.values())) {
            group.addChanges(records);
            more |= group.hasChanges();
            forgetIfLeft(group);
        }
        if (!records.isEmpty()) {
            speaker.report(records);
        }
        if (more) {
            changes.arm(nowNanos + upTo(UNSOLICITED_REPORT_INTERVAL));
        } else {
            changes.cancel();
        }
    }

    private void changedOld(final Group group, final SourceFilter from, final SourceFilter to) {
        if (to.isNone()) {
            group.response.cancel();
            if (group.reportedLast) {
                // RFC 2236 3: the host that reported last tells that it leaves, as it may be the only member.
                speaker.leaveOld(group.address, version());
            }
            groups.remove(group.address);
        } else if (from.isNone()) {
            group.oldReports = robustness;
            reportOld(group);
        }
    }

    private void reportOld(final Group group) {
        group.reportedLast = true;
        speaker.reportOld(group.address, version());
        if (group.oldReports > 0) {
            group.oldReports--;
        }
        if (group.oldReports > 0) {
            group.response.arm(wheel.nowNanos() + upTo(OLD_UNSOLICITED_REPORT_INTERVAL));
        }
    }

    private void forgetIfLeft(final Group group) {
        if (group.filter.isNone() && !group.hasChanges()) {
            group.response.cancel();
            groups.remove(group.address);
        }
    }

    // ---- Queries

    /**
     * Takes over the robustness and the interval of the querier (RFC 3376 4.1.6, 4.1.7).
     *
     * @param querierRobustness 0 if it does not tell
     * @param intervalNanos 0 if it does not tell
     */
    void querier(final int querierRobustness, final long intervalNanos) {
        robustness = querierRobustness == 0 ? ROBUSTNESS : Math.min(querierRobustness, MAX_ROBUSTNESS);
        queryInterval = intervalNanos == 0 ? QUERY_INTERVAL : intervalNanos;
    }

    /** A query of an older version came, so the host speaks that version for a while. */
    void olderQuerier(final QuerierVersion version, final long maxDelayNanos) {
        final QuerierVersion before = version();
        // RFC 3376 8.12: Older Version Querier Interval.
        final long until = wheel.nowNanos() + robustness * queryInterval + maxDelayNanos;
        (version == QuerierVersion.OLDEST ? oldest : old).arm(until);
        if (version() != before) {
            cancelAll();
        }
    }

    /** A query for all groups (RFC 3376 5.2, RFC 3810 6.2, rules 1 and 2). */
    void queried(final long maxDelayNanos) {
        if (version() != QuerierVersion.CURRENT) {
            for (final Group group : groups.values()) {
                queriedOld(group, maxDelayNanos);
            }
            return;
        }
        sooner(general, wheel.nowNanos() + upTo(maxDelayNanos));
    }

    /**
     * A query for one group, or for some sources of it (rules 3 to 5).
     *
     * @param sources empty for the whole group
     */
    void queried(final IpAddress address, final Collection<IpAddress> sources, final long maxDelayNanos) {
        final Group group = groups.get(address);
        if (group == null || group.filter.isNone()) {
            return;
        }
        if (version() != QuerierVersion.CURRENT) {
            queriedOld(group, maxDelayNanos);
            return;
        }
        final long at = wheel.nowNanos() + upTo(maxDelayNanos);
        if (general.isArmed() && general.deadlineNanos() - at <= 0) {
            return;
        }
        if (sources.isEmpty() || (group.response.isArmed() && group.queried == null)) {
            group.queried = null;
        } else {
            final Set<IpAddress> queried = group.queried == null ? new LinkedHashSet<>() : group.queried;
            queried.addAll(sources);
            group.queried = queried.size() > MAX_QUERIED_SOURCES ? null : queried;
        }
        sooner(group.response, at);
    }

    private void queriedOld(final Group group, final long maxDelayNanos) {
        if (!group.filter.isNone()) {
            sooner(group.response, wheel.nowNanos() + upTo(maxDelayNanos));
        }
    }

    /** Another host reported the group to an older querier, which needs no second report (RFC 2236 3, RFC 2710 4). */
    void reportedByAnother(final IpAddress address) {
        final Group group = groups.get(address);
        if (group != null && version() != QuerierVersion.CURRENT && group.response.isArmed()) {
            group.response.cancel();
            group.oldReports = 0;
            group.reportedLast = false;
        }
    }

    private void reportAll() {
        final List<GroupRecord> records = new ArrayList<>();
        for (final Group group : groups.values()) {
            group.addState(records);
        }
        if (!records.isEmpty()) {
            speaker.report(records);
        }
    }

    private void respond(final Group group) {
        if (version() != QuerierVersion.CURRENT) {
            reportOld(group);
            return;
        }
        final List<GroupRecord> records = new ArrayList<>();
        final Set<IpAddress> queried = group.queried;
        group.queried = null;
        if (queried == null) {
            group.addState(records);
        } else {
            final List<IpAddress> wanted =
                    queried.stream().filter(group.filter::accepts).toList();
            if (!wanted.isEmpty()) {
                records.add(new GroupRecord(GroupRecord.Type.MODE_IS_INCLUDE, group.address, wanted));
            }
        }
        if (!records.isEmpty()) {
            speaker.report(records);
        }
    }

    /** RFC 3376 7.2.1: a change of the version cancels all that is pending. */
    private void cancelAll() {
        changes.cancel();
        general.cancel();
        for (final Group group : List.copyOf(groups.values())) {
            group.response.cancel();
            group.queried = null;
            group.modeChanges = 0;
            group.oldReports = 0;
            group.sourceChanges.clear();
            forgetIfLeft(group);
        }
    }

    private static void sooner(final Timer timer, final long at) {
        if (!timer.isArmed() || timer.deadlineNanos() - at > 0) {
            timer.arm(at);
        }
    }

    /** A random delay up to {@code nanos}. */
    private long upTo(final long nanos) {
        return nanos <= 1 ? 1 : random.nextLong(1, nanos);
    }

    /** What is pending for one group. */
    private final class Group {

        private final IpAddress address;
        private final Timer response;
        private SourceFilter filter = SourceFilter.NONE;

        /** Reports of the change of the mode that are to be sent. */
        private int modeChanges;

        /** Reports of the change of each source that are to be sent. */
        private final Map<IpAddress, Integer> sourceChanges = new LinkedHashMap<>();

        /** The sources that a pending answer is about; null for the whole group. */
        private @Nullable Set<IpAddress> queried;

        private int oldReports;
        private boolean reportedLast;

        Group(final IpAddress address) {
            this.address = address;
            this.response = new Timer(wheel, now -> respond(this));
        }

        boolean hasChanges() {
            return modeChanges > 0 || !sourceChanges.isEmpty();
        }

        /** Adds the record of the current state, if there is one to tell. */
        void addState(final List<GroupRecord> records) {
            if (!filter.isNone()) {
                final GroupRecord.Type type =
                        filter.excludes() ? GroupRecord.Type.MODE_IS_EXCLUDE : GroupRecord.Type.MODE_IS_INCLUDE;
                records.add(new GroupRecord(type, address, List.copyOf(filter.sources())));
            }
        }

        /** Adds the records of pending changes: while that of the mode is sent, it tells the sources too. */
        void addChanges(final List<GroupRecord> records) {
            if (modeChanges > 0) {
                modeChanges--;
                final GroupRecord.Type type =
                        filter.excludes() ? GroupRecord.Type.CHANGE_TO_EXCLUDE : GroupRecord.Type.CHANGE_TO_INCLUDE;
                records.add(new GroupRecord(type, address, List.copyOf(filter.sources())));
                return;
            }
            final List<IpAddress> allowed = new ArrayList<>();
            final List<IpAddress> blocked = new ArrayList<>();
            for (final IpAddress source : sourceChanges.keySet()) {
                (filter.accepts(source) ? allowed : blocked).add(source);
            }
            if (!allowed.isEmpty()) {
                records.add(new GroupRecord(GroupRecord.Type.ALLOW_NEW_SOURCES, address, allowed));
            }
            if (!blocked.isEmpty()) {
                records.add(new GroupRecord(GroupRecord.Type.BLOCK_OLD_SOURCES, address, blocked));
            }
            sourceChanges.replaceAll((source, left) -> left - 1);
            sourceChanges.values().removeIf(left -> left <= 0);
        }
    }
}
