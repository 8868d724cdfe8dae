package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;

/** The options of a SYN or SYN-ACK of ours. One object is filled anew for each. */
final class SynOptions {

    private static final int NO_SHIFT = -1;

    private int mss;
    private int shift;
    private boolean sack;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;

    /** Begins with the one that is always there: the MSS (RFC 9293 3.7.1 SHLD-5). */
    SynOptions begin(final int offeredMss) {
        mss = offeredMss;
        shift = NO_SHIFT;
        sack = false;
        timestamps = false;
        return this;
    }

    /** RFC 7323 2. */
    void windowScale(final int offeredShift) {
        shift = offeredShift;
    }

    /** RFC 2018 2. */
    void sackPermitted() {
        sack = true;
    }

    /** RFC 7323 3. */
    void timestamps(final int value, final int echo) {
        timestamps = true;
        timestampValue = value;
        timestampEcho = echo;
    }

    /** Bytes that {@link #write} writes. */
    int length() {
        // With timestamps SACK-permitted stands where two NOPs would be.
        return 4 + (timestamps ? TcpOptions.TIMESTAMPS_LENGTH : sack ? 4 : 0) + (shift == NO_SHIFT ? 0 : 4);
    }

    void write(final ByteBuffer bytes, final int at) {
        int option = at;
        option += TcpOptions.writeMaximumSegmentSize(bytes, option, mss);
        if (timestamps) {
            option += sack
                    ? TcpOptions.writeSackPermittedAndTimestamps(bytes, option, timestampValue, timestampEcho)
                    : TcpOptions.writeTimestamps(bytes, option, timestampValue, timestampEcho);
        } else if (sack) {
            option += TcpOptions.writeSackPermitted(bytes, option);
        }
        if (shift != NO_SHIFT) {
            TcpOptions.writeWindowScale(bytes, option, shift);
        }
    }
}
