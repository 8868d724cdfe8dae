package io.tapstack.tcp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.SendStatus;
import io.tapstack.wire.TcpHeader;

/**
 * Sends the SYN of an active open, and the SYN-ACK of a connection in SYN-RECEIVED, which a simultaneous open leads to.
 */
final class SynSender {

    private final BareSegmentSender sender;
    private final SynOptions options;
    private final TcpHeader header = new TcpHeader();

    SynSender(final BareSegmentSender sender, final SynOptions options) {
        this.sender = sender;
        this.options = options;
    }

    /**
     * {@code <SEQ=ISS><CTL=SYN>} with the options that are offered; the first one with data, if Fast Open has a cookie
     * (RFC 7413 4.2.1).
     */
    void sendSyn(final TcpConnection tcb, final long nowNanos) {
        final TcpConfig config = tcb.config;
        options.begin(tcb.segmentSize.offered());
        if (config.sack()) {
            options.sackPermitted();
        }
        if (config.timestamps()) {
            options.timestamps(tcb.timestamps.value(nowNanos), 0);
        }
        if (config.windowScaling()) {
            options.windowScale(tcb.windowScale.offer(config));
        }
        final FastOpenSyn fastOpen = tcb.handshake.synWasLost() ? null : tcb.handshake.fastOpenSyn;
        int payload = 0;
        if (fastOpen != null) {
            fastOpen.addTo(options);
        }
        if (config.userTimeoutOption()) {
            options.userTimeout(UserTimeoutOption.advertised(config));
        }
        if (fastOpen != null) {
            payload = fastOpen.payload();
            tcb.sndNxt = tcb.iss + 1 + payload;
        }
        send(tcb, TcpHeader.SYN | tcb.ecn.synFlags(false), 0, payload, nowNanos);
    }

    /** {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>} with the options that are agreed on. */
    void sendSynAck(final TcpConnection tcb, final long nowNanos) {
        options.begin(tcb.segmentSize.offered());
        if (tcb.sackAgreed) {
            options.sackPermitted();
        }
        if (tcb.timestamps.enabled()) {
            options.timestamps(tcb.timestamps.value(nowNanos), tcb.timestamps.echo());
        }
        if (tcb.scaleAgreed) {
            options.windowScale(tcb.windowScale.offer(tcb.config));
        }
        final FastOpenCookie cookie = tcb.handshake.freshCookie();
        if (cookie != null) {
            options.fastOpen(cookie);
        }
        if (tcb.ecn.isOptionInSynAck()) {
            options.accEcn(tcb.path);
        }
        if (tcb.config.userTimeoutOption()) {
            options.userTimeout(UserTimeoutOption.advertised(tcb.config));
        }
        send(tcb, TcpHeader.SYN | TcpHeader.ACK | tcb.ecn.synFlags(true), tcb.rcvNxt, 0, nowNanos);
        tcb.output.acknowledged();
    }

    /** Sends what the device had no room for, if the peer still needs it. @return false if there is no room yet */
    boolean sendOwed(final TcpConnection tcb, final long nowNanos) {
        if (tcb.state == TcpState.SYN_SENT) {
            sendSyn(tcb, nowNanos);
        } else if (tcb.state == TcpState.SYN_RECEIVED || tcb.handshake.fastOpen != null) {
            sendSynAck(tcb, nowNanos);
        } else {
            return true;
        }
        return !tcb.sender.isSynOwed();
    }

    private void send(final TcpConnection tcb, final int flags, final int ack, final int payload, final long nowNanos) {
        final int length = TcpHeader.MIN_LENGTH + options.length();
        final PacketBuffer packet = tcb.pool.packet(tcb.path.headroom() + length + payload, tcb.path.headroom());
        final int at = packet.append(length);
        final int window = tcb.receiveWindow.announceInSyn();
        header.wrap(packet.memory().bytes(), at)
                .write(tcb.localPort(), tcb.remotePort(), tcb.iss, ack, length, flags, window, 0);
        options.write(packet.memory().bytes(), at + TcpHeader.MIN_LENGTH);
        if (payload > 0) {
            tcb.sendQueue.copyOut(packet, 0, payload);
        }
        final TcpConfig config = tcb.config;
        final SendStatus status = sender.hand(packet, at, tcb.path, config.timeToLive(), config.trafficClass());
        if (status != SendStatus.DEVICE_FULL) {
            tcb.ecn.synSent(flags);
        }
        tcb.sender.synSent(status, payload, nowNanos);
        if (status == SendStatus.UNREACHABLE) {
            tcb.life.unreachable(nowNanos);
        }
    }
}
