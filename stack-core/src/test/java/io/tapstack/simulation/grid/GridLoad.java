package io.tapstack.simulation.grid;

/**
 * The load of a {@link BulkRun}, if not one steady stream.
 *
 * @param pieceBytes a flow writes this many bytes when those before have arrived, or 0: all that fit
 * @param pauseNanos time between two pieces, which does not count as time of the run
 * @param lostTail segments at the end of each piece that are lost when they are sent for the first time
 * @param synsPerSecond SYNs from hosts that do not exist, to the receiver's port
 */
record GridLoad(int pieceBytes, long pauseNanos, int lostTail, int synsPerSecond) {

    /** All bytes at once, and no other traffic. */
    static final GridLoad STEADY = new GridLoad(0, 0, 0, 0);

    static GridLoad inPieces(final int bytes, final long pauseNanos) {
        return new GridLoad(bytes, pauseNanos, 0, 0);
    }

    static GridLoad withLostTails(final int pieceBytes, final int segments) {
        return new GridLoad(pieceBytes, 0, segments, 0);
    }

    static GridLoad besideFlood(final int synsPerSecond) {
        return new GridLoad(0, 0, 0, synsPerSecond);
    }
}
