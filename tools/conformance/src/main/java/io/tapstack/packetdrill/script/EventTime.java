package io.tapstack.packetdrill.script;

/**
 * The time of an event. All times are in microseconds.
 *
 * @param relative true if the times count from the event before, false if from the start of the script
 * @param micros the time, or the start of a range
 * @param endMicros the end of a range; equals {@code micros} if there is none
 */
public record EventTime(Kind kind, boolean relative, long micros, long endMicros) {

    /** The form of a time. */
    public enum Kind {
        /** One point in time. */
        POINT,
        /** {@code 1~2} or {@code +1~+2}. */
        RANGE,
        /** {@code *}: whenever it happens. */
        ANY
    }

    static final EventTime ANY = new EventTime(Kind.ANY, true, 0, 0);

    static EventTime at(final boolean relative, final long micros) {
        return new EventTime(Kind.POINT, relative, micros, micros);
    }

    static EventTime between(final boolean relative, final long micros, final long endMicros) {
        return new EventTime(Kind.RANGE, relative, micros, endMicros);
    }
}
