package io.tapstack.tcp.recovery;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpOptions;

/**
 * What an ACK says to {@link LossRecovery}, and what came of it. One object serves all connections of a stack and is
 * filled anew for every ACK. Sequence numbers as in RFC 9293, times in nanoseconds of the stack's clock.
 */
public final class AckArrival {

    private static final int MAX_BLOCKS = 4;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    public long nowNanos;

    /** SND.UNA, moved forward already, and SND.NXT. */
    public int sndUna;

    public int sndNxt;

    /** By how much SND.UNA was moved; 0 for an ACK that does not advance. */
    public int ackedBytes;

    /**
     * True for an ACK that says nothing but what the one before has said: SEG.ACK = SND.UNA, without data, with the
     * same window.
     */
    public boolean repeated;

    /** True for a duplicate ACK in the sense of RFC 5681 2: {@link #repeated}, while data is in flight. */
    public boolean duplicate;

    /**
     * True if the ACK carries a timestamp, and {@link #echoMillis} is when the one that it echoes was sent, in
     * milliseconds of the stack's clock.
     */
    public boolean hasEcho;

    public long echoMillis;

    /** SRTT, or 0 before the first measurement; the shortest round trip, or {@link Long#MAX_VALUE}. */
    public long srttNanos;

    public long minRttNanos = Long.MAX_VALUE;

    private int blocks;
    private final int[] left = new int[MAX_BLOCKS];
    private final int[] right = new int[MAX_BLOCKS];
    private boolean dsack;
    private int dsackLeft;
    private int dsackRight;

    // What the scoreboard makes of it.
    int sackedBytes;
    int deliveredBytes;
    int deliveredSegments;

    /** Starts anew: no SACK blocks, nothing delivered. */
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
     * Takes over the SACK blocks (RFC 2018 3), with a DSACK block recognised (RFC 2883 4): the first one, if the ACK
     * that it comes with covers it, or part of the second. {@link #sndUna} and {@link #sndNxt} are set.
     *
     * @param segmentAck SEG.ACK: an ACK that others have overtaken may bring blocks that are acknowledged meanwhile,
     *     and report no duplicates
     * @return false if there was a block that no peer in its right mind sends, which is left out
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

    /**
     * True if the first SACK block reports that something came twice (RFC 2883 4): such an ACK was sent because of
     * that.
     */
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

    /** SACK blocks, without a DSACK block. */
    int blocks() {
        return blocks;
    }

    int left(final int index) {
        return left[index];
    }

    int right(final int index) {
        return right[index];
    }

    /**
     * True if the ACK reports that something came twice (RFC 2883), from {@link #dsackLeft()} to {@link #dsackRight()}.
     */
    public boolean isDsack() {
        return dsack;
    }

    /** How many bytes came twice, as the ACK says; 0 if it says nothing of that. */
    public int duplicateBytes() {
        return dsack ? dsackRight - dsackLeft : 0;
    }

    int dsackLeft() {
        return dsackLeft;
    }

    int dsackRight() {
        return dsackRight;
    }

    public boolean advances() {
        return ackedBytes > 0;
    }

    /** What the ACK has delivered: acknowledged or SACKed, and neither before. */
    public int deliveredBytes() {
        return deliveredBytes;
    }

    /** The same in segments. */
    public int deliveredSegments() {
        return deliveredSegments;
    }

    /**
     * True if the ACK was caused by something sent before {@code nanos}, and cannot have been caused by what was sent
     * then (RFC 3522 3.2).
     */
    boolean echoesBefore(final long nanos) {
        return hasEcho && echoMillis < Math.floorDiv(nanos, NANOS_PER_MILLI);
    }
}
