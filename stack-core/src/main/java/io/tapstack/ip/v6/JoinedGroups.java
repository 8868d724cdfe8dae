package io.tapstack.ip.v6;

import io.tapstack.ip.GroupMembership;
import io.tapstack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** The groups joined on one link, each with the number of its members. */
final class JoinedGroups implements GroupMembership {

    private final Map<IpAddress, Integer> members = new LinkedHashMap<>();

    @Override
    public void join(final IpAddress group) {
        members.merge(group, 1, Integer::sum);
    }

    @Override
    public void leave(final IpAddress group) {
        members.computeIfPresent(group, (left, count) -> count == 1 ? null : count - 1);
    }

    /** True if the group (128 bits) has a member. */
    boolean contains(final long high, final long low) {
        return !members.isEmpty() && members.containsKey(IpAddress.ipv6(high, low));
    }
}
