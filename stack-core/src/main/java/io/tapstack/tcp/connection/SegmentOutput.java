package io.tapstack.tcp.connection;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.tcp.segment.TcpChecksum;
import io.tapstack.tcp.segment.UserTimeoutOption;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * Builds the segments of a synchronized connection and hands them to IP: header, options, and the payload by reference
 * or, without checksum offload, as a copy. {@link SegmentSender} and the timers decide what to send and when.
 */
final class SegmentOutput {

    private final ControlBlock tcb;
    private final ReceiveWindow receiveWindow;
    private final Pacer pacer;
    private int payloadSent;

    SegmentOutput(final ControlBlock tcb, final ReceiveWindow receiveWindow, final Pacer pacer) {
        this.tcb = tcb;
        this.receiveWindow = receiveWindow;
        this.pacer = pacer;
    }

    /** {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}. */
    void sendAck(final long nowNanos) {
        sendBare(acceptableSequence(), TcpHeader.ACK, nowNanos);
    }

    /**
     * A keep-alive: {@code <SEQ=SND.NXT-1><ACK=RCV.NXT><CTL=ACK>} (RFC 9293 3.8.4), which the peer has to acknowledge.
     */
    void sendKeepAlive(final long nowNanos) {
        sendBare(acceptableSequence() - 1, TcpHeader.ACK, nowNanos);
    }

    /**
     * {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>}.
     *
     * @return false if the device had no room for it
     */
    boolean sendReset(final long nowNanos) {
        final boolean sent = sendBare(acceptableSequence(), TcpHeader.RST | TcpHeader.ACK, nowNanos) == SendResult.SENT;
        tcb.statistics.resetsSent += sent ? 1 : 0;
        return sent;
    }

    private SendResult sendBare(final int seq, final int flags, final long nowNanos) {
        return send(seq, 0, flags, tcb.mss, nowNanos);
    }

    /**
     * SEQ of a segment without data: SND.NXT, unless the peer would drop that (RFC 9293 3.10.7.4, table 6) and with it
     * the ACK or reset. Behind a zero-window probe only RCV.NXT of the peer is acceptable. If the window has shrunk
     * (3.8.6, MUST-34) it is the right edge, as on Linux.
     */
    private int acceptableSequence() {
        if (tcb.zeroWindowProbeOutstanding) {
            return tcb.sndUna;
        }
        return tcb.isPeerWindowShrunk() ? tcb.sndUna + tcb.sndWnd : tcb.sndNxt;
    }

    /**
     * Builds a segment and hands it to IP. The device cuts a payload of more than {@code segmentBytes} into segments of
     * that size.
     *
     * @return if {@link SendResult#SENT}, {@link #payloadSent} has the payload bytes, less than {@code length} if a
     *     mapped file was truncated or the payload is in too many pieces
     */
    SendResult send(final int seq, final int length, final int flags, final int segmentBytes, final long nowNanos) {
        final IpPath path = tcb.path;
        final boolean offload = path.checksumOffload();
        final int timestampsLength = optionsLength();
        final UserTimeoutOption timeoutOption = tcb.userTimeoutOption;
        final int userTimeout = timeoutOption == null ? 0 : timeoutOption.due(tcb.mss - length);
        final int userTimeoutLength = userTimeout == 0 ? 0 : UserTimeoutOption.LENGTH;
        final boolean pure = length == 0 && flags == TcpHeader.ACK;
        final int space = optionSpace(timestampsLength + userTimeoutLength, length + userTimeoutLength);
        final AccurateEcn accurateEcn = tcb.ecn.accurate();
        final int accEcnLength = accurateEcn == null ? 0 : accEcnLength(accurateEcn, space, length, flags, nowNanos);
        final int sackLength = sackLength(space - accEcnLength, pure);
        final int headerLength =
                TcpHeader.MIN_LENGTH + timestampsLength + userTimeoutLength + accEcnLength + sackLength;
        final int headroom = path.headroom();
        final PacketBuffer packet = tcb.pool.packet(headroom + headerLength + (offload ? 0 : length), headroom);
        final int at = packet.append(headerLength);
        int payload = 0;
        final int position = seq - tcb.queueStart();
        if (length > 0) {
            payload = offload
                    ? tcb.sendQueue.gather(packet, position, length)
                    : tcb.sendQueue.copyOut(packet, position, length);
            if (payload == 0) {
                packet.release();
                return SendResult.FILE_CUT_SHORT;
            }
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int window = tcb.windowScale.toWire(receiveWindow.announce());
        // A zero-window probe is not new data to RFC 3168 6.1.6.
        final boolean newData = payload > 0 && seq == tcb.sndNxt && tcb.sndWnd > 0;
        final int sentFlags =
                tcb.ecn.flags(payload < length ? flags & ~(TcpHeader.FIN | TcpHeader.PSH) : flags, newData, pure);
        write(bytes, at, seq, headerLength, sentFlags, window);
        final int option = at + TcpHeader.MIN_LENGTH;
        if (timestampsLength > 0) {
            TcpOptions.writeTimestamps(bytes, option, tcb.timestamps.value(nowNanos), tcb.timestamps.echo());
        }
        if (userTimeoutLength > 0) {
            TcpOptions.writeUserTimeout(bytes, option + timestampsLength, userTimeout);
        }
        final int behind = option + timestampsLength + userTimeoutLength;
        if (accurateEcn != null && accEcnLength > 0) {
            accurateEcn.option.write(bytes, behind);
        }
        if (sackLength > 0) {
            tcb.sacks.write(bytes, behind + accEcnLength, sackLength);
        }
        if (payload > segmentBytes) {
            packet.gsoSize(segmentBytes);
        }
        final TransmitStamps asked = tcb.transmitStamps;
        final TransmitStamps stamps = asked != null && asked.covers(seq, payload) ? asked : null;
        if (stamps != null) {
            stamps.hold(packet.memory());
        }
        final SendStatus status = hand(packet, at, tcb.ecn.field(newData));
        if (stamps != null) {
            final int ipHeader = path.ipHeaderLength();
            final boolean sent = status == SendStatus.SENT;
            stamps.handed(sent, seq, payload, at - ipHeader, ipHeader + headerLength, nowNanos);
        }
        if (status == SendStatus.DEVICE_FULL) {
            tcb.blockedByDevice();
            return SendResult.DEVICE_FULL;
        }
        if (status == SendStatus.TOO_BIG) {
            tcb.segmentSize.update();
            return SendResult.TOO_BIG;
        }
        tcb.counters.sent(payload, segmentBytes, nowNanos);
        tcb.acknowledgedWithSegment();
        tcb.ecn.sent(sentFlags, pure);
        if (accurateEcn != null) {
            accurateEcn.option.sent(seq, payload, seq == tcb.sndNxt, nowNanos);
        }
        tcb.pathMtu.sent(seq, payload, segmentBytes);
        pacer.sent(payload);
        if (timeoutOption != null && userTimeout != 0) {
            timeoutOption.sent(userTimeout);
        }
        if (sackLength > 0) {
            tcb.sacks.reported();
        }
        if (offload && payload > 0 && !tcb.sendQueue.isIntact(position, payload)) {
            // The file was truncated while the device read it: the peer may have received bytes that were never in the
            // file.
            tcb.abortFor(SocketError.EIO, nowNanos);
            return SendResult.ABORTED;
        }
        payloadSent = payload;
        return SendResult.SENT;
    }

    /** Payload bytes of the segment that was sent last. */
    int payloadSent() {
        return payloadSent;
    }

    private void write(
            final ByteBuffer bytes,
            final int at,
            final int seq,
            final int headerLength,
            final int flags,
            final int window) {
        final int ack = (flags & TcpHeader.ACK) != 0 ? tcb.rcvNxt : 0;
        final int urgent = tcb.urgent == null ? 0 : tcb.urgent.pointer(seq);
        final int allFlags = urgent == 0 ? flags : flags | TcpHeader.URG;
        tcb.host
                .header
                .wrap(bytes, at)
                .write(tcb.localPort(), tcb.remotePort(), seq, ack, headerLength, allFlags, window, urgent);
    }

    private SendStatus hand(final PacketBuffer packet, final int at, final int ecnField) {
        final IpPath path = tcb.path;
        TcpChecksum.write(packet, at, tcb.pseudoHeaderSum, path.checksumOffload());
        tcb.statistics.segmentsSent++;
        final int trafficClass = tcb.config.trafficClass() | ecnField;
        return path.send(packet, IpProtocol.TCP, trafficClass, tcb.config.timeToLive(), tcb.config.pathMtuPolicy());
    }

    /**
     * Bytes for options that are not in every segment, for a payload of {@code payload} bytes. An option that does not
     * fit into a nearly full segment is sent ahead in a pure ACK.
     */
    private int optionSpace(final int always, final int payload) {
        return Math.min(TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH - always, tcb.mss - payload);
    }

    /** Bytes for SACK blocks (RFC 2018 3). */
    private int sackLength(final int space, final boolean pure) {
        if (!tcb.sackAgreed || space <= 0) {
            return 0;
        }
        // RFC 9768 3.2.2.1 and 3.2.2.5.1: SACK blocks would change the meaning of these ACKs.
        final AccurateEcn accurateEcn = tcb.ecn.accurate();
        final boolean unwanted = pure
                && accurateEcn != null
                && (accurateEcn.isHandshakeAckDue() || accurateEcn.receiver.isAckOfAcksDue());
        return unwanted ? 0 : tcb.sacks.optionLength(space);
    }

    /** Bytes for an AccECN option (RFC 9768 3.2.3.3). */
    private int accEcnLength(
            final AccurateEcn accurateEcn, final int space, final int payload, final int flags, final long nowNanos) {
        if ((flags & TcpHeader.RST) != 0 || space <= 0) {
            return 0;
        }
        final int sackLength = sackLength(space, payload == 0);
        return accurateEcn.option.choose(space, sackLength, payload > 0, tcb.estimator.srtt(), nowNanos);
    }

    private int optionsLength() {
        return tcb.timestamps.enabled() ? TcpOptions.TIMESTAMPS_LENGTH : 0;
    }
}
