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
            // Nothing fits, but RST and ACKs at the edge have to be looked at (3.10.7.4, first).
            return segment.seq == rcvNxt;
        }
        if (length == 0) {
            // A peer that has used up the window acknowledges from its right edge. By the table such ACKs would be
            // dropped for as long as what fills the window is lost; Linux takes them too. A RST there stays outside.
            final int edge = segment.has(TcpHeader.RST) ? 0 : 1;
            return SequenceNumber.inWindow(segment.seq, rcvNxt, window + edge);
        }
        return SequenceNumber.inWindow(segment.seq, rcvNxt, window)
                || SequenceNumber.inWindow(segment.seq + length - 1, rcvNxt, window)
                // A segment that covers all of a small window.
                || SequenceNumber.lessThan(segment.seq, rcvNxt)
                        && SequenceNumber.greaterThan(segment.seq + length, rcvNxt);
    }

    /** Why a segment that is not acceptable is dropped. */
    static DropReason reason(final Segment segment, final int rcvNxt) {
        final boolean old = SequenceNumber.lessThan(segment.seq, rcvNxt);
        return old && segment.length() > 0 ? DropReason.TCP_DUPLICATE : DropReason.TCP_OUTSIDE_WINDOW;
    }
}
