package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The options of one TCP header (RFC 9293 3.1, 3.2): MSS, window scale and timestamps (RFC 7323), SACK (RFC 2018), user
 * timeout (RFC 5482), Fast Open (RFC 7413), AccECN0 and AccECN1 (RFC 9768). Parsing never fails: unknown options are
 * skipped, and a malformed one ends the list (RFC 9293 MUST-7). One object is filled anew for every segment.
 */
public final class TcpOptions {

    private static final int END_OF_LIST = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    private static final int USER_TIMEOUT = 28;
    private static final int FAST_OPEN = 34;
    private static final int EXPERIMENTAL = 254;
    private static final int FAST_OPEN_EXID = 0xF989; // RFC 7413 appendix: its experiment identifier (RFC 6994 3.1)
    private static final int ACC_ECN_0 = 172;
    private static final int ACC_ECN_1 = 174;
    private static final int ACC_ECN_FIELDS = 3;
    private static final int ACC_ECN_FIELD_LENGTH = 3;
    private static final int MIN_COOKIE = 4;
    private static final int MAX_COOKIE = 16;
    private static final int NONE = -1;

    /** Bytes of a timestamps option with the two NOPs that align it. */
    public static final int TIMESTAMPS_LENGTH = 12;

    /** Bytes of a user timeout option, which needs no NOPs. */
    public static final int USER_TIMEOUT_LENGTH = 4;

    private static final int MAX_SACK_BLOCKS = 4;

    private int maximumSegmentSize;
    private int windowScale;
    private boolean sackPermitted;
    private boolean timestamps;
    private int timestampValue;
    private int timestampEcho;
    private int userTimeout;
    private int cookieLength;
    private long cookieHigh;
    private long cookieLow;
    private boolean cookieExperimental;
    private boolean accEcn;
    private int echoEct0Bytes;
    private int echoCeBytes;
    private int echoEct1Bytes;
    private int sackBlocks;
    private final int[] sackLeft = new int[MAX_SACK_BLOCKS];
    private final int[] sackRight = new int[MAX_SACK_BLOCKS];

    /** Clears all options. */
    public void clear() {
        maximumSegmentSize = 0;
        windowScale = -1;
        sackPermitted = false;
        timestamps = false;
        timestampValue = 0;
        timestampEcho = 0;
        userTimeout = 0;
        cookieLength = NONE;
        cookieExperimental = false;
        accEcn = false;
        echoEct0Bytes = NONE;
        echoCeBytes = NONE;
        echoEct1Bytes = NONE;
        sackBlocks = 0;
    }

    /** Sets the options of an earlier SYN, in the units of the getters. */
    public void recall(
            final int mss, final int shift, final boolean sack, final boolean hasTimestamps, final int timestamp) {
        clear();
        maximumSegmentSize = mss;
        windowScale = shift;
        sackPermitted = sack;
        timestamps = hasTimestamps;
        timestampValue = timestamp;
    }

    /** Reads the options in {@code length} bytes at {@code offset}. */
    public void parse(final ByteBuffer buffer, final int offset, final int length) {
        clear();
        int at = offset;
        final int end = offset + length;
        while (at < end) {
            final int kind = buffer.get(at) & 0xFF;
            if (kind == END_OF_LIST) {
                return;
            }
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            if (at + 1 >= end) {
                return;
            }
            final int optionLength = buffer.get(at + 1) & 0xFF;
            if (optionLength < 2 || at + optionLength > end) {
                return;
            }
            read(buffer, kind, at, optionLength);
            at += optionLength;
        }
    }

    private void read(final ByteBuffer buffer, final int kind, final int at, final int length) {
        switch (kind) {
            case MAXIMUM_SEGMENT_SIZE -> {
                if (length == 4) {
                    maximumSegmentSize = buffer.getShort(at + 2) & 0xFFFF;
                }
            }
            case WINDOW_SCALE -> {
                if (length == 3) {
                    windowScale = buffer.get(at + 2) & 0xFF;
                }
            }
            case SACK_PERMITTED -> sackPermitted |= length == 2;
            case SACK -> {
                if (length > 2 && (length - 2) % 8 == 0) {
                    sackBlocks = Math.min((length - 2) / 8, MAX_SACK_BLOCKS);
                    for (int i = 0; i < sackBlocks; i++) {
                        sackLeft[i] = buffer.getInt(at + 2 + 8 * i);
                        sackRight[i] = buffer.getInt(at + 6 + 8 * i);
                    }
                }
            }
            case TIMESTAMPS -> {
                if (length == 10) {
                    timestamps = true;
                    timestampValue = buffer.getInt(at + 2);
                    timestampEcho = buffer.getInt(at + 6);
                }
            }
            case USER_TIMEOUT -> {
                if (length == USER_TIMEOUT_LENGTH) {
                    userTimeout = buffer.getShort(at + 2) & 0xFFFF;
                }
            }
            case FAST_OPEN -> readCookie(buffer, at + 2, length - 2, false);
            case EXPERIMENTAL -> {
                // RFC 6994 3: an identifier names the experiment.
                if (length >= 4 && (buffer.getShort(at + 2) & 0xFFFF) == FAST_OPEN_EXID) {
                    readCookie(buffer, at + 4, length - 4, true);
                }
            }
            case ACC_ECN_0, ACC_ECN_1 -> readAccEcn(buffer, kind == ACC_ECN_0, at + 2, length - 2);
            default -> {
                // RFC 9293 MUST-6: an option that is not understood is ignored.
            }
        }
    }

    /**
     * RFC 7413 4.1.1: no bytes ask for a cookie; a cookie has 4 to 16 bytes, an even number. Any other length is
     * ignored.
     */
    private void readCookie(final ByteBuffer buffer, final int at, final int length, final boolean experimental) {
        if (length != 0 && (length < MIN_COOKIE || length > MAX_COOKIE || length % 2 != 0)) {
            return;
        }
        cookieLength = length;
        cookieExperimental = experimental;
        cookieHigh = 0;
        cookieLow = 0;
        for (int i = 0; i < length; i++) {
            final long part = (buffer.get(at + i) & 0xFFL) << (56 - 8 * (i % 8));
            if (i < 8) {
                cookieHigh |= part;
            } else {
                cookieLow |= part;
            }
        }
    }

    /**
     * RFC 9768 3.2.3: as many whole fields of three bytes as there are; the rest, and bytes behind the third field, are
     * padding.
     */
    private void readAccEcn(final ByteBuffer buffer, final boolean order0, final int at, final int length) {
        accEcn = true;
        final int fields = Math.min(length / ACC_ECN_FIELD_LENGTH, ACC_ECN_FIELDS);
        final int first = fields > 0 ? uint24(buffer, at) : NONE;
        final int last = fields > 2 ? uint24(buffer, at + 2 * ACC_ECN_FIELD_LENGTH) : NONE;
        echoEct0Bytes = order0 ? first : last;
        echoCeBytes = fields > 1 ? uint24(buffer, at + ACC_ECN_FIELD_LENGTH) : NONE;
        echoEct1Bytes = order0 ? last : first;
    }

    private static int uint24(final ByteBuffer buffer, final int at) {
        return (buffer.getShort(at) & 0xFFFF) << 8 | buffer.get(at + 2) & 0xFF;
    }

    /** True if there is an AccECN option, empty or not (RFC 9768 3.2.3). */
    public boolean hasAccEcn() {
        return accEcn;
    }

    /** EE0B: the 24 lowest bits of the peer's count of bytes received with ECT(0), or -1 without the field. */
    public int echoEct0Bytes() {
        return echoEct0Bytes;
    }

    /** ECEB: the same for CE. */
    public int echoCeBytes() {
        return echoCeBytes;
    }

    /** EE1B: the same for ECT(1). */
    public int echoEct1Bytes() {
        return echoEct1Bytes;
    }

    /**
     * The value of the user timeout option (RFC 5482 2): in minutes if the highest bit is set, else in seconds; 0
     * without the option.
     */
    public int userTimeout() {
        return userTimeout;
    }

    /** Length of the Fast Open cookie in bytes; 0 for a request, -1 without the option. */
    public int cookieLength() {
        return cookieLength;
    }

    /** The cookie's first 8 bytes; missing bytes are 0. */
    public long cookieHigh() {
        return cookieHigh;
    }

    /** The cookie's bytes behind the first 8. */
    public long cookieLow() {
        return cookieLow;
    }

    /**
     * True if the cookie, or the request, is in the experimental option (RFC 6994), which Fast Open used before it got
     * a kind of its own.
     */
    public boolean cookieExperimental() {
        return cookieExperimental;
    }

    /** The value of the MSS option in bytes, or 0 without the option. */
    public int maximumSegmentSize() {
        return maximumSegmentSize;
    }

    /** The shift of the window scale option as received (it may be over 14), or -1 without the option. */
    public int windowScale() {
        return windowScale;
    }

    public boolean sackPermitted() {
        return sackPermitted;
    }

    public boolean hasTimestamps() {
        return timestamps;
    }

    /** TSval. */
    public int timestampValue() {
        return timestampValue;
    }

    /** TSecr. */
    public int timestampEcho() {
        return timestampEcho;
    }

    public int sackBlocks() {
        return sackBlocks;
    }

    /** First sequence number of block {@code index}. */
    public int sackLeft(final int index) {
        return sackLeft[index];
    }

    /** Sequence number behind block {@code index}. */
    public int sackRight(final int index) {
        return sackRight[index];
    }

    // ---- Writing. Each returns the number of bytes written, a multiple of 4.

    public static int writeMaximumSegmentSize(final ByteBuffer buffer, final int at, final int bytes) {
        buffer.putInt(at, MAXIMUM_SEGMENT_SIZE << 24 | 4 << 16 | bytes);
        return 4;
    }

    public static int writeWindowScale(final ByteBuffer buffer, final int at, final int shift) {
        buffer.putInt(at, NO_OPERATION << 24 | WINDOW_SCALE << 16 | 3 << 8 | shift);
        return 4;
    }

    /** SACK-permitted, with two NOPs. */
    public static int writeSackPermitted(final ByteBuffer buffer, final int at) {
        buffer.putInt(at, NO_OPERATION << 24 | NO_OPERATION << 16 | SACK_PERMITTED << 8 | 2);
        return 4;
    }

    /** SACK-permitted and timestamps, which need no NOPs together. */
    public static int writeSackPermittedAndTimestamps(
            final ByteBuffer buffer, final int at, final int value, final int echo) {
        writeTimestamps(buffer, at, value, echo);
        buffer.putShort(at, (short) (SACK_PERMITTED << 8 | 2));
        return TIMESTAMPS_LENGTH;
    }

    /** RFC 5482 2; {@code value} as {@link #userTimeout()} has it. */
    public static int writeUserTimeout(final ByteBuffer buffer, final int at, final int value) {
        buffer.putInt(at, USER_TIMEOUT << 24 | USER_TIMEOUT_LENGTH << 16 | value);
        return USER_TIMEOUT_LENGTH;
    }

    /** Bytes of a SACK option of {@code blocks} blocks with the two NOPs that align it; 0 for none. */
    public static int sackLength(final int blocks) {
        return blocks == 0 ? 0 : 4 + 8 * blocks;
    }

    /** The number of SACK blocks that {@code length} bytes of options can hold. */
    public static int sackBlocksIn(final int length) {
        return Math.max(0, Math.min((length - 4) / 8, MAX_SACK_BLOCKS));
    }

    /** Writes the start of a SACK option, up to the first block. */
    public static void writeSackHead(final ByteBuffer buffer, final int at, final int blocks) {
        buffer.putInt(at, NO_OPERATION << 24 | NO_OPERATION << 16 | SACK << 8 | 2 + 8 * blocks);
    }

    /** Block {@code index} of the SACK option at {@code at}. */
    public static void writeSackBlock(
            final ByteBuffer buffer, final int at, final int index, final int left, final int right) {
        buffer.putInt(at + 4 + 8 * index, left);
        buffer.putInt(at + 8 + 8 * index, right);
    }

    /** Bytes of a Fast Open option with the NOPs that align it. */
    public static int cookieOptionLength(final int length, final boolean experimental) {
        return (2 + (experimental ? 2 : 0) + length + 3) & -4;
    }

    /** A Fast Open option; {@code length} of 0 asks for a cookie. */
    public static int writeCookie(
            final ByteBuffer buffer,
            final int at,
            final int length,
            final long high,
            final long low,
            final boolean experimental) {
        final int total = cookieOptionLength(length, experimental);
        int next = at + 2;
        if (experimental) {
            buffer.putShort(at, (short) (EXPERIMENTAL << 8 | 4 + length));
            buffer.putShort(next, (short) FAST_OPEN_EXID);
            next += 2;
        } else {
            buffer.putShort(at, (short) (FAST_OPEN << 8 | 2 + length));
        }
        for (int i = 0; i < length; i++) {
            buffer.put(next++, (byte) ((i < 8 ? high : low) >>> (56 - 8 * (i % 8))));
        }
        while (next < at + total) {
            buffer.put(next++, (byte) NO_OPERATION);
        }
        return total;
    }

    /** Bytes of an AccECN option of {@code fields} fields with the NOPs that align it. */
    public static int accEcnLength(final int fields) {
        return (2 + ACC_ECN_FIELD_LENGTH * fields + 3) & -4;
    }

    /**
     * Writes an AccECN option of the first {@code fields} of three: ECT(0), CE and ECT(1) in order 0, the reverse in
     * order 1.
     */
    public static int writeAccEcn(
            final ByteBuffer buffer,
            final int at,
            final boolean order0,
            final int fields,
            final int ect0Bytes,
            final int ceBytes,
            final int ect1Bytes) {
        buffer.put(at, (byte) (order0 ? ACC_ECN_0 : ACC_ECN_1));
        buffer.put(at + 1, (byte) (2 + ACC_ECN_FIELD_LENGTH * fields));
        int next = at + 2;
        for (int field = 0; field < fields; field++) {
            final int value = field == 1 ? ceBytes : (field == 0) == order0 ? ect0Bytes : ect1Bytes;
            buffer.putShort(next, (short) (value >>> 8));
            buffer.put(next + 2, (byte) value);
            next += ACC_ECN_FIELD_LENGTH;
        }
        final int total = accEcnLength(fields);
        while (next < at + total) {
            buffer.put(next++, (byte) NO_OPERATION);
        }
        return total;
    }

    public static int writeTimestamps(final ByteBuffer buffer, final int at, final int value, final int echo) {
        buffer.putInt(at, NO_OPERATION << 24 | NO_OPERATION << 16 | TIMESTAMPS << 8 | 10);
        buffer.putInt(at + 4, value);
        buffer.putInt(at + 8, echo);
        return TIMESTAMPS_LENGTH;
    }
}
