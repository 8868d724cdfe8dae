package io.tapstack.tcp.connection;

import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;

/**
 * Urgent data of one connection (RFC 9293 3.8.5, RFC 6093): RCV.UP and SND.UP. The pointer points behind the last
 * urgent byte, and that one byte is what Linux and its applications take for the urgent data; its place in the stream
 * is the mark. It stays in line, as RFC 6093 asks for, and a read ends before the mark, so that {@code sockatmark} can
 * tell where it is; or, with SO_OOBINLINE off, it is left out there and read apart. Made when a connection first needs
 * it.
 */
final class UrgentPointer {

    private enum Received {
        /** No mark ahead. */
        NONE,
        /** The pointer has come, the byte has not. */
        ANNOUNCED,
        /** The byte has come. */
        HERE,
        /** The byte was read apart; the mark is still ahead in the stream, or just behind. */
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
     * RFC 9293 3.10.7.4, sixth: {@code segment} has URG. @return true if there is urgent data ahead that was not
     * announced before
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

    /** Data has come in order: maybe the urgent byte. */
    void dataArrived() {
        if (received != Received.ANNOUNCED || SequenceNumber.greaterOrEqual(mark, tcb.receivedEnd())) {
            return;
        }
        final int position = mark - tcb.readNext();
        if (position < 0) {
            received = Received.NONE; // Thrown away: the input was shut down.
            return;
        }
        received = Received.HERE;
        value = tcb.receiveQueue.byteAt(position);
    }

    /** The application has read as far as {@link TcpConnection#readNext()}. */
    void consumed() {
        if (hasCome() && SequenceNumber.greaterThan(tcb.readNext(), mark)) {
            received = Received.NONE;
        }
    }

    /**
     * The application reads on from where it is. As on Linux, a byte that is to be read apart is no part of what it
     * reads then, and who has not read it has missed it.
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

    /** How many of {@code length} bytes that have come there are to be read. */
    int readable(final int length) {
        return isApart() && isAtMark() ? length - 1 : length;
    }

    /** How many of them stand before the mark, if the byte there is to be read apart; else all. */
    int beforeMark(final int length) {
        return isApart() ? Math.min(length, mark - tcb.readNext()) : length;
    }

    /** How many of {@code readable} bytes a read may take: none beyond the mark, unless it starts there. */
    int limit(final int readable) {
        if (received == Received.NONE) {
            return readable;
        }
        final int ahead = mark - tcb.readNext();
        return ahead > 0 && ahead < readable ? ahead : readable;
    }

    /** {@code sockatmark(3)}: what is read next is the urgent byte, or what stands behind it. */
    boolean isAtMark() {
        return received != Received.NONE && tcb.readNext() == mark;
    }

    /** True if the urgent byte is here and was not read. */
    boolean isHere() {
        return received == Received.HERE;
    }

    /** True if it is announced and will be read apart. */
    boolean isAnnounced() {
        return received == Received.ANNOUNCED;
    }

    /** Reads the urgent byte apart. To be called if it {@link #isHere}. */
    byte take(final boolean peek) {
        if (!peek) {
            received = Received.TAKEN;
        }
        return value;
    }

    // ---- Sending

    /** The last byte that will be written with the next {@code length} is urgent: SND.UP. */
    void mark(final int length) {
        sndUp = tcb.queueEnd() + length;
        sending = true;
    }

    /**
     * True while the peer has not acknowledged what is urgent: segments go out one by one, as each has a pointer of its
     * own.
     */
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
