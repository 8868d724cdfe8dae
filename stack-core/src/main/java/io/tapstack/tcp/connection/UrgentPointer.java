package io.tapstack.tcp.connection;

import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;

/**
 * Urgent data of one connection (RFC 9293 3.8.5, RFC 6093): RCV.UP and SND.UP. The pointer is behind the last urgent
 * byte, which is the mark; as on Linux, this byte alone is the urgent data. With SO_OOBINLINE, as RFC 6093 recommends,
 * it stays in the stream and a read ends before it, so that {@code sockatmark} can find it; otherwise it is read out of
 * band.
 *
 * <p>Created at the first use.
 */
final class UrgentPointer {

    private enum Received {
        /** No mark ahead. */
        NONE,
        /** The pointer was received, the byte was not. */
        ANNOUNCED,
        /** The byte was received. */
        HERE,
        /** The byte was read out of band; the mark is still ahead in the stream, or just behind. */
        TAKEN
    }

    private final ControlBlock tcb;
    private Received received = Received.NONE;
    // RCV.UP - 1: the sequence number of the urgent byte.
    private int mark;
    private byte value;
    private int sndUp;
    private boolean sending;

    UrgentPointer(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    // ---- Receiving

    /**
     * RFC 9293 3.10.7.4, sixth: processes a segment with URG.
     *
     * @return true if it announces new urgent data, "in advance of the data consumed"
     */
    boolean arrives(final Segment segment) {
        final int last = segment.urgentEnd - 1;
        if (segment.urgentPointer == 0 || SequenceNumber.lessThan(last, tcb.rcvNxt)) {
            return false;
        }
        if (received != Received.NONE && SequenceNumber.lessOrEqual(last, mark)) {
            return false; // RCV.UP = max(RCV.UP, SEG.UP)
        }
        mark = last;
        received = Received.ANNOUNCED;
        return true;
    }

    /** Data has arrived in order: keeps the urgent byte if it is there. */
    void dataArrived() {
        if (received != Received.ANNOUNCED || SequenceNumber.greaterOrEqual(mark, tcb.receivedEnd())) {
            return;
        }
        final int position = mark - tcb.readNext();
        if (position < 0) {
            received = Received.NONE; // The byte was discarded: the input was shut down.
            return;
        }
        received = Received.HERE;
        value = tcb.receiveQueue.byteAt(position);
    }

    /** The application has read up to {@link ControlBlock#readNext()}. */
    void consumed() {
        if (hasCome() && SequenceNumber.greaterThan(tcb.readNext(), mark)) {
            received = Received.NONE;
        }
    }

    /**
     * The application reads on. As on Linux, a read skips an out-of-band byte at the mark, and a byte not read until
     * then is lost.
     */
    void pass() {
        if (isApart() && isAtMark()) {
            tcb.receiveQueue.consume(1);
            received = Received.NONE;
        }
    }

    private boolean hasCome() {
        return received == Received.HERE || received == Received.TAKEN;
    }

    private boolean isApart() {
        return hasCome() && !tcb.config.urgentInLine();
    }

    /** Readable bytes among the {@code length} received ones: without an out-of-band byte at the mark. */
    int readable(final int length) {
        return isApart() && isAtMark() ? length - 1 : length;
    }

    /** Bytes among them before the mark if the byte is read out of band; else all. */
    int beforeMark(final int length) {
        return isApart() ? Math.min(length, mark - tcb.readNext()) : length;
    }

    /** Bytes among the {@code readable} ones that a read may take: it ends at the mark, unless it starts there. */
    int limit(final int readable) {
        if (received == Received.NONE) {
            return readable;
        }
        final int ahead = mark - tcb.readNext();
        return ahead > 0 && ahead < readable ? ahead : readable;
    }

    /** {@code sockatmark(3)}: true if the next byte in the stream is the urgent one, or the one behind it. */
    boolean isAtMark() {
        return received != Received.NONE && tcb.readNext() == mark;
    }

    /** True if the urgent byte was received and not read. */
    boolean isHere() {
        return received == Received.HERE;
    }

    /** True if the urgent byte is announced and not received. */
    boolean isAnnounced() {
        return received == Received.ANNOUNCED;
    }

    /** Reads the urgent byte out of band. Call only if it {@link #isHere}. */
    byte take(final boolean peek) {
        if (!peek) {
            received = Received.TAKEN;
        }
        return value;
    }

    // ---- Sending

    /** Sets SND.UP: the last of the next {@code length} bytes is urgent. */
    void mark(final int length) {
        sndUp = tcb.queueEnd() + length;
        sending = true;
    }

    /** True while urgent data is not acknowledged. Segments are then sent one by one, as each has its own pointer. */
    boolean isSending() {
        sending &= SequenceNumber.lessThan(tcb.sndUna, sndUp);
        return sending;
    }

    /** The urgent pointer for a segment that starts at {@code seq}; 0 if it needs none (RFC 9293 3.8.5). */
    int pointer(final int seq) {
        if (!isSending() || SequenceNumber.greaterOrEqual(seq, sndUp)) {
            return 0;
        }
        return Math.min(sndUp - seq, 0xFFFF);
    }
}
