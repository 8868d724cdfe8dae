package io.tapstack.simulation.grid;

/**
 * How a {@link BulkRun} is kept from being one steady stream.
 *
 * @param pieceBytes a flow writes so many bytes when those before have arrived, or 0: whatever there is room for
 * @param pauseNanos how long it waits between two pieces, which does not count as time of the run
 * @param lostTail so many segments at the end of each piece are lost when they are sent for the first time
 * @param synsPerSecond SYNs of nobody that come to the receiver's port besides
 */
record Load(int pieceBytes, long pauseNanos, int lostTail, int synsPerSecond) {

    /** All at once, and nobody else. */
    static final Load STEADY = new Load(0, 0, 0, 0);

    static Load inPieces(final int bytes, final long pauseNanos) {
        return new Load(bytes, pauseNanos, 0, 0);
    }

    static Load withLostTails(final int pieceBytes, final int segments) {
        return new Load(pieceBytes, 0, segments, 0);
    }

    static Load besideFlood(final int synsPerSecond) {
        return new Load(0, 0, 0, synsPerSecond);
    }
}
