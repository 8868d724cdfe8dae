package io.tapstack.tcp.segment;

import io.tapstack.ip.IpPath;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The options of our SYN or SYN-ACK. One object is refilled for each segment. */
public final class SynOptions {

    private static final int NO_SHIFT = -1;
    private static final int ACC_ECN_FIELDS = 3;

    /** RFC 9768 3.2.1: the byte counters for ECT begin with 1. */
    public static final int INITIAL_ECT_BYTES = 1;

    private int mss;
    private int shift;
    private boolean sack;
    private int userTimeout;
    private boolean accEcn;
    private int accEcnFields;
    private @Nullable FastOpenCookie cookie;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;

    /** Starts with the MSS option, which each SYN has (RFC 9293 3.7.1 SHLD-5). */
    SynOptions begin(final int offeredMss) {
        mss = offeredMss;
        shift = NO_SHIFT;
        sack = false;
        userTimeout = 0;
        accEcn = false;
        cookie = null;
        timestamps = false;
        return this;
    }

    /** Adds the window scale option (RFC 7323 2). */
    public void windowScale(final int offeredShift) {
        shift = offeredShift;
    }

    /** Adds SACK-permitted (RFC 2018 2). */
    public void sackPermitted() {
        sack = true;
    }

    /** Adds timestamps (RFC 7323 3). */
    public void timestamps(final int value, final int echo) {
        timestamps = true;
        timestampValue = value;
        timestampEcho = echo;
    }

    /**
     * Adds a Fast Open cookie or cookie request (RFC 7413 4.1.1). It is left out if the other options leave no room, as
     * on Linux.
     */
    public void fastOpen(final FastOpenCookie theCookie) {
        final int length = TcpOptions.cookieOptionLength(theCookie.length(), theCookie.experimental());
        cookie = length() + length <= TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH ? theCookie : null;
    }

    /**
     * Adds an AccECN option (RFC 9768 3.2.3.2.1): with the initial counters if {@code path} has room, otherwise empty
     * or not at all.
     */
    void accEcn(final IpPath path) {
        final int packet = path.mtu() - path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
        final int room = Math.min(packet, TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH) - length();
        accEcn = room >= TcpOptions.accEcnLength(0);
        accEcnFields = room >= TcpOptions.accEcnLength(ACC_ECN_FIELDS) ? ACC_ECN_FIELDS : 0;
    }

    /** Adds the user timeout option (RFC 5482) if the other options leave room. It must be the last call. */
    public void userTimeout(final int value) {
        userTimeout =
                length() + TcpOptions.USER_TIMEOUT_LENGTH <= TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH ? value : 0;
    }

    /** Returns the Fast Open cookie of received options, or null. */
    public static @Nullable FastOpenCookie cookie(final TcpOptions received) {
        return received.cookieLength() <= 0
                ? null
                : new FastOpenCookie(
                        received.cookieHigh(),
                        received.cookieLow(),
                        received.cookieLength(),
                        received.cookieExperimental());
    }

    /** Number of bytes that {@link #write} writes. */
    int length() {
        final FastOpenCookie given = cookie;
        // With timestamps SACK-permitted takes the place of two NOPs.
        return 4
                + (timestamps ? TcpOptions.TIMESTAMPS_LENGTH : sack ? 4 : 0)
                + (shift == NO_SHIFT ? 0 : 4)
                + (userTimeout == 0 ? 0 : TcpOptions.USER_TIMEOUT_LENGTH)
                + (accEcn ? TcpOptions.accEcnLength(accEcnFields) : 0)
                + (given == null ? 0 : TcpOptions.cookieOptionLength(given.length(), given.experimental()));
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
            option += TcpOptions.writeWindowScale(bytes, option, shift);
        }
        if (userTimeout != 0) {
            option += TcpOptions.writeUserTimeout(bytes, option, userTimeout);
        }
        if (accEcn) {
            option +=
                    TcpOptions.writeAccEcn(bytes, option, false, accEcnFields, INITIAL_ECT_BYTES, 0, INITIAL_ECT_BYTES);
        }
        final FastOpenCookie given = cookie;
        if (given != null) {
            TcpOptions.writeCookie(bytes, option, given.length(), given.high(), given.low(), given.experimental());
        }
    }
}
