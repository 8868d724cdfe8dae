package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/** Joins multicast groups on one interface. Each join needs a leave; the group is left with the last one. */
public interface GroupMembership {

    /** Receives packets to {@code group} from now on. */
    void join(IpAddress group);

    /** Ends one membership. */
    void leave(IpAddress group);
}
