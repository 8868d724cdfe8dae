package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpOptions;

/**
 * The content of one ACK for {@link LossRecovery}, and the result. One object serves all connections of a stack, and is
 * refilled for each ACK. Sequence numbers are as in RFC 9293, times in nanoseconds of the stack's clock.
 */
public final class AckArrival {

    private static final int MAX_BLOCKS = 4;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** Arrival time of the ACK. */
    public long nowNanos;

    /** SND.UNA after this ACK. */
    public int sndUna;

    /** SND.NXT. */
    public int sndNxt;

    /** Advance of SND.UNA; 0 for an ACK that does not advance. */
    public int ackedBytes;

    /** True for an ACK that equals the previous one: SEG.ACK = SND.UNA, no data, the same window. */
    public boolean repeated;

    /** True for a duplicate ACK of RFC 5681 2: {@link #repeated} while data is in flight. */
    public boolean duplicate;

    /** True if the ACK carries a timestamp. */
    public boolean hasEcho;

    /**
     * Time at which the echoed timestamp was sent, in milliseconds of the stack's clock; valid with {@link #hasEcho}.
     */
    public long echoMillis;

    /** SRTT, or 0 before the first measurement. */
    public long srttNanos;

    /** The shortest round trip, or {@link Long#MAX_VALUE} before the first measurement. */
    public long minRttNanos = Long.MAX_VALUE;

    private int blocks;
    private final int[] left = new int[MAX_BLOCKS];
    private final int[] right = new int[MAX_BLOCKS];
    private boolean dsack;
    private int dsackLeft;
    private int dsackRight;

    // Results of the scoreboard.
    int sackedBytes;
    int deliveredBytes;
    int deliveredSegments;

    /** Starts a new ACK: no SACK blocks, nothing delivered. */
    public void begin(final long now, final int una, final int nxt) {
        nowNanos = now;
        sndUna = una;
        sndNxt = nxt;
        ackedBytes = 0;
        repeated = false;
        duplicate = false;
        hasEcho = false;
        blocks = 0;
        dsack = false;
        sackedBytes = 0;
        deliveredBytes = 0;
        deliveredSegments = 0;
    }

    /**
     * Copies the SACK blocks (RFC 2018 3) and detects a DSACK block (RFC 2883 4): the first block, if SEG.ACK covers it
     * or if it is part of the second block. {@link #sndUna} and {@link #sndNxt} must be set.
     *
     * @param segmentAck SEG.ACK: an ACK that arrives late may bring blocks that are acknowledged meanwhile, and reports
     *     no duplicates
     * @return false if a block is invalid; it is left out
     */
    public boolean takeBlocks(final TcpOptions options, final int segmentAck) {
        boolean sane = true;
        for (int i = 0; i < options.sackBlocks(); i++) {
            final int from = options.sackLeft(i);
            final int to = options.sackRight(i);
            if (SequenceNumber.greaterOrEqual(from, to) || SequenceNumber.greaterThan(to, sndNxt)) {
                sane = false;
            } else if (i == 0 && isDuplicateReport(options, from, to, segmentAck)) {
                dsack = true;
                dsackLeft = from;
                dsackRight = to;
            } else if (SequenceNumber.greaterThan(to, sndUna)) {
                left[blocks] = from;
                right[blocks] = to;
                blocks++;
            }
        }
        return sane;
    }

    /** True if the first SACK block reports a duplicate (RFC 2883 4), which caused the ACK. */
    public static boolean reportsDuplicate(final TcpOptions options, final int segmentAck) {
        return options.sackBlocks() > 0
                && isDuplicateReport(options, options.sackLeft(0), options.sackRight(0), segmentAck);
    }

    private static boolean isDuplicateReport(
            final TcpOptions options, final int from, final int to, final int segmentAck) {
        if (SequenceNumber.lessOrEqual(to, segmentAck)) {
            return true;
        }
        return options.sackBlocks() > 1
                && SequenceNumber.greaterOrEqual(from, options.sackLeft(1))
                && SequenceNumber.lessOrEqual(to, options.sackRight(1));
    }

    /** Number of SACK blocks, without a DSACK block. */
    int blocks() {
        return blocks;
    }

    int left(final int index) {
        return left[index];
    }

    int right(final int index) {
        return right[index];
    }

    /** True if the ACK reports a duplicate (RFC 2883), from {@link #dsackLeft()} to {@link #dsackRight()}. */
    public boolean isDsack() {
        return dsack;
    }

    /** Bytes that the DSACK block reports as received twice; 0 without one. */
    public int duplicateBytes() {
        return dsack ? dsackRight - dsackLeft : 0;
    }

    int dsackLeft() {
        return dsackLeft;
    }

    int dsackRight() {
        return dsackRight;
    }

    /** True if the ACK advances SND.UNA. */
    public boolean advances() {
        return ackedBytes > 0;
    }

    /** Bytes that the ACK delivers: acknowledged or SACKed for the first time. */
    public int deliveredBytes() {
        return deliveredBytes;
    }

    /** Segments that the ACK delivers. */
    public int deliveredSegments() {
        return deliveredSegments;
    }

    /** True if the timestamp echo proves that the ACK answers a segment sent before {@code nanos} (RFC 3522 3.2). */
    boolean echoesBefore(final long nanos) {
        return hasEcho && echoMillis < Math.floorDiv(nanos, NANOS_PER_MILLI);
    }
}
