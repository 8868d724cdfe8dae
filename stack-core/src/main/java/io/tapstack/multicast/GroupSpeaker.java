package io.tapstack.multicast;

import io.tapstack.wire.IpAddress;
import java.util.List;

/** Sends the messages of IGMP or MLD for the state machine that they share. */
interface GroupSpeaker {

    /** False for groups that are never reported: that of all hosts, and those that do not leave the host. */
    boolean isReported(IpAddress group);

    /** Sends records in as few reports of the current version as they fit. */
    void report(List<GroupRecord> records);

    /** Sends the report of an older version for one group. */
    void reportOld(IpAddress group, QuerierVersion version);

    /** Sends the message of an older version that a group is left, if that version has one. */
    void leaveOld(IpAddress group, QuerierVersion version);
}
