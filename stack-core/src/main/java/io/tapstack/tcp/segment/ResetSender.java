package io.tapstack.tcp.segment;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.wire.TcpHeader;

/** Sends resets for segments without a connection (RFC 9293 3.5.2 group 1, 3.10.7.1). */
public final class ResetSender {

    private static final int TIME_TO_LIVE = 64;
    private static final int PER_SECOND = 10_000;

    private final BareSegmentSender sender;
    private final StackStatistics statistics;
    private final RateLimit limit = new RateLimit(PER_SECOND, 1_000_000_000L);

    public ResetSender(final BareSegmentSender sender, final StackStatistics statistics) {
        this.sender = sender;
        this.statistics = statistics;
    }

    /** Answers {@code segment}, unless it is a reset itself. {@code path} leads back to its sender. */
    public void answer(final Segment segment, final IpPath path, final long nowNanos) {
        if (segment.has(TcpHeader.RST) || !limit.tryTake(nowNanos)) {
            return;
        }
        if (segment.has(TcpHeader.ACK)) {
            // <SEQ=SEG.ACK><CTL=RST>
            send(segment, path, segment.ack, 0, TcpHeader.RST, nowNanos);
        } else {
            // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
            send(segment, path, 0, segment.seq + segment.length(), TcpHeader.RST | TcpHeader.ACK, nowNanos);
        }
    }

    private void send(
            final Segment segment, final IpPath path, final int seq, final int ack, final int flags, final long now) {
        final int from = segment.destinationPort;
        final SendStatus status =
                sender.send(path, from, segment.sourcePort, seq, ack, flags, 0, null, TIME_TO_LIVE, 0, now);
        if (status == SendStatus.DEVICE_FULL) {
            // The peer retransmits the segment, and gets a reset then.
            statistics.drop(DropReason.LINK_FULL);
        } else {
            statistics.resetsSent++;
        }
    }
}
