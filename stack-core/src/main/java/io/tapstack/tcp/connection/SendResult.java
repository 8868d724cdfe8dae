package io.tapstack.tcp.connection;

/** The result of {@link SegmentOutput#send}. */
enum SendResult {

    /** The segment was handed to IP, perhaps with less payload than requested. */
    SENT,

    /** The device has no room: the connection continues when it has. */
    DEVICE_FULL,

    /** The segment is too big for the path; the MSS is smaller from now on. */
    TOO_BIG,

    /** The payload is lost: the mapped file was truncated before it. */
    FILE_CUT_SHORT,

    /** A mapped file was truncated while the device read it: the connection was reset. */
    ABORTED
}
