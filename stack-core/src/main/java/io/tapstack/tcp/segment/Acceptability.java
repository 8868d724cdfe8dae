package io.tapstack.tcp.segment;

import io.tapstack.event.DropReason;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/** RFC 9293 3.4, table 6, and 3.10.7.4, first: whether a segment lies in the receive window. */
final class Acceptability {

    private Acceptability() {}

    /** The four cases of the table. {@code window} is RCV.WND in bytes. */
    static boolean isAcceptable(final Segment segment, final int rcvNxt, final int window) {
        final int length = segment.length();
        if (window == 0) {
            // With a zero window only RST and ACK at its edge are processed (3.10.7.4, first).
            return segment.seq == rcvNxt;
        }
        if (length == 0) {
            // A peer that has filled the window sends ACKs from its right edge. The table would drop these ACKs while a
            // part of the window is lost; Linux accepts them too. A RST at the edge stays outside.
            final int edge = segment.has(TcpHeader.RST) ? 0 : 1;
            return SequenceNumber.inWindow(segment.seq, rcvNxt, window + edge);
        }
        return SequenceNumber.inWindow(segment.seq, rcvNxt, window)
                || SequenceNumber.inWindow(segment.seq + length - 1, rcvNxt, window)
                // A segment that covers a whole small window.
                || SequenceNumber.lessThan(segment.seq, rcvNxt)
                        && SequenceNumber.greaterThan(segment.seq + length, rcvNxt);
    }

    /** Returns the drop reason of a segment that is not acceptable. */
    static DropReason reason(final Segment segment, final int rcvNxt) {
        final boolean old = SequenceNumber.lessThan(segment.seq, rcvNxt);
        return old && segment.length() > 0 ? DropReason.TCP_DUPLICATE : DropReason.TCP_OUTSIDE_WINDOW;
    }
}
