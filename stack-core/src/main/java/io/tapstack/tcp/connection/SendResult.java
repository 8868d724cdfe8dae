package io.tapstack.tcp.connection;

/** The result of {@link SegmentOutput#send}. */
enum SendResult {

    /** The segment was handed down, perhaps with less payload than was asked for. */
    SENT,

    /** The device has no room: the connection goes on when it has some. */
    DEVICE_FULL,

    /** The segment is too big for the path, which takes smaller ones from now on. */
    TOO_BIG,

    /** Nothing is left of the payload: the mapped file was cut short before it. */
    FILE_CUT_SHORT,

    /** A mapped file was cut short while the device read it: the connection was reset. */
    ABORTED
}
