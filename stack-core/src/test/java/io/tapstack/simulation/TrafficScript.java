package io.tapstack.simulation;

/**
 * The behaviour of an application with its connection. It writes and reads independently, as two threads would.
 *
 * @param sends bytes that it writes in all
 * @param expects bytes that the other end writes in all
 * @param gate limits the bytes written by now
 * @param maxWrite most bytes of one write; each is of a random size up to that
 * @param writePauseNanos longest time between two writes
 * @param maxRead most bytes of one read
 * @param readPauseNanos longest time between two reads
 * @param byReference true to hand over regions and borrow, false to copy
 * @param ending of the connection
 * @param abortNanos time of an abort, counted from the start of the run, or {@link #NEVER}
 */
record TrafficScript(
        long sends,
        long expects,
        Gate gate,
        int maxWrite,
        long writePauseNanos,
        int maxRead,
        long readPauseNanos,
        boolean byReference,
        Ending ending,
        long abortNanos) {

    static final long NEVER = Long.MAX_VALUE;

    /** Most bytes of a large read or write. */
    static final int BULK = 16_384;

    /** The end of the connection. */
    enum Ending {
        /** Half-closes when everything is written, and closes when the other end has half-closed too. */
        SHUTDOWN,
        /** Closes when everything is written and all expected bytes were read. */
        CLOSE,
        /** Waits until the other end has half-closed. */
        FOLLOW
    }

    /** Limits the bytes written, by the bytes read. */
    interface Gate {
        long open(long received, boolean inputEnded);
    }

    /** An application without pauses. */
    static TrafficScript of(final long sends, final long expects, final Gate gate, final Ending ending) {
        return new TrafficScript(sends, expects, gate, BULK, 0, BULK, 0, false, ending, NEVER);
    }

    TrafficScript abort(final long nanos) {
        return new TrafficScript(
                sends, expects, gate, maxWrite, writePauseNanos, maxRead, readPauseNanos, byReference, ending, nanos);
    }

    @Override
    public String toString() {
        return "sends %d in writes of up to %d every %.1f ms, reads up to %d every %.1f ms%s, %s%s"
                .formatted(
                        sends,
                        maxWrite,
                        writePauseNanos / 1e6,
                        maxRead,
                        readPauseNanos / 1e6,
                        byReference ? " by reference" : "",
                        ending,
                        abortNanos == NEVER ? "" : ", aborts at %.1f ms".formatted(abortNanos / 1e6));
    }
}
