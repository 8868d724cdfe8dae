package io.tapstack.multicast;

/** The version of the oldest querier on the link, which hosts follow (RFC 3376 7.2, RFC 3810 8.2); newest first. */
enum QuerierVersion {
    /** IGMPv3, MLDv2: reports with source filters. */
    CURRENT,
    /** IGMPv2, MLDv1: a report for each group, and a message when it is left. */
    OLD,
    /** IGMPv1: a report for each group. */
    OLDEST
}
