package io.tapstack.multicast;

import io.tapstack.ip.GroupMembership;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are joined on one link, of one family: merges what several users want of a group (RFC 3376 3.2, RFC
 * 3810 4.2), and filters received packets. The number of groups and of sources is bounded.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class MulticastGroups implements GroupMembership {

    /** Most groups on one link. */
    public static final int MAX_GROUPS = 256;

    /** Most sources in one filter, as Linux's igmp_max_msf and mld_max_msf allow. */
    public static final int MAX_SOURCES = 64;

    /** Receives the changes of the filters. */
    interface Listener {
        void changed(IpAddress group, SourceFilter from, SourceFilter to);
    }

    private final List<Group> groups = new ArrayList<>();
    private final List<Membership> own = new ArrayList<>();
    private final Listener listener;

    MulticastGroups(final Listener listener) {
        this.listener = listener;
    }

    /**
     * Joins a group.
     *
     * @param filter the sources that are wanted
     * @return null if there are too many groups or sources (ENOBUFS)
     * @throws IllegalArgumentException if {@code group} is not a group
     */
    public @Nullable Membership join(final IpAddress group, final SourceFilter filter) {
        if (!group.isMulticast()) {
            throw new IllegalArgumentException(group + " is not a multicast address");
        }
        final Group known = find(group.high(), group.low());
        if ((known == null && groups.size() >= MAX_GROUPS) || filter.sources().size() > MAX_SOURCES) {
            return null;
        }
        return add(group, filter);
    }

    private Membership add(final IpAddress address, final SourceFilter filter) {
        Group group = find(address.high(), address.low());
        if (group == null) {
            group = new Group(address);
            groups.add(group);
        }
        final Membership added = new Membership(this, address, filter);
        group.members.add(added);
        merge(group);
        return added;
    }

    /** {@inheritDoc} The stack's own groups do not count against the limit: its addresses are bounded. */
    @Override
    public void join(final IpAddress group) {
        own.add(add(group, SourceFilter.ALL));
    }

    @Override
    public void leave(final IpAddress group) {
        for (int i = 0; i < own.size(); i++) {
            if (own.get(i).group().equals(group)) {
                own.remove(i).leave();
                return;
            }
        }
    }

    /** Changes one membership. */
    void change(final Membership membership, final SourceFilter filter) {
        final Group group = find(membership.group().high(), membership.group().low());
        if (group == null || !group.members.contains(membership)) {
            return;
        }
        membership.filter(filter);
        if (filter.isNone()) {
            group.members.remove(membership);
        }
        merge(group);
    }

    private void merge(final Group group) {
        final SourceFilter from = group.filter;
        final SourceFilter to = SourceFilter.merge(
                group.members.stream().map(Membership::filter).toList());
        group.filter = to;
        if (group.members.isEmpty()) {
            groups.remove(group);
        }
        if (!from.equals(to)) {
            listener.changed(group.address, from, to);
        }
    }

    /** True if packets to the group are received, from any source. */
    public boolean isJoined(final long high, final long low) {
        return find(high, low) != null;
    }

    /** True if packets from a source to a group are received; allocates nothing for a group without a source list. */
    public boolean accepts(final long groupHigh, final long groupLow, final long sourceHigh, final long sourceLow) {
        final Group group = find(groupHigh, groupLow);
        if (group == null) {
            return false;
        }
        final SourceFilter filter = group.filter;
        return filter.sources().isEmpty() ? filter.excludes() : filter.accepts(IpAddress.ipv6(sourceHigh, sourceLow));
    }

    /** The filter for a group; {@link SourceFilter#NONE} if it is not joined. */
    public SourceFilter filter(final IpAddress group) {
        final Group found = find(group.high(), group.low());
        return found == null ? SourceFilter.NONE : found.filter;
    }

    /** All joined groups. */
    public List<IpAddress> joined() {
        return groups.stream().map(group -> group.address).toList();
    }

    private @Nullable Group find(final long high, final long low) {
        for (int i = 0; i < groups.size(); i++) {
            final Group group = groups.get(i);
            if (group.address.low() == low && group.address.high() == high) {
                return group;
            }
        }
        return null;
    }

    private static final class Group {
        private final IpAddress address;
        private final List<Membership> members = new ArrayList<>(1);
        private SourceFilter filter = SourceFilter.NONE;

        Group(final IpAddress address) {
            this.address = address;
        }
    }
}
