package io.tapstack.tcp.segment;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.queue.SendQueue;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** Builds and sends each SYN and SYN-ACK of a stack. */
public final class SynSender {

    private final BufferPool pool;
    private final BareSegmentSender sender;
    private final SynOptions options = new SynOptions();
    private final TcpHeader header = new TcpHeader();

    public SynSender(final BufferPool pool, final BareSegmentSender sender) {
        this.pool = pool;
        this.sender = sender;
    }

    /** Starts the options of the next SYN or SYN-ACK, with the MSS option alone (RFC 9293 3.7.1 SHLD-5). */
    public SynOptions begin(final IpPath path, final TcpConfig config) {
        return options.begin(MaximumSegmentSize.offered(path, config));
    }

    /**
     * Sends {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>} with the negotiated options.
     *
     * @param timestampValue TSval, if timestamps are negotiated
     */
    public SendStatus sendSynAck(final SynAck synAck, final int timestampValue) {
        final IpPath path = synAck.path();
        final TcpConfig config = synAck.config();
        begin(path, config);
        if (synAck.windowShift() >= 0) {
            options.windowScale(synAck.windowShift());
        }
        if (synAck.sackPermitted()) {
            options.sackPermitted();
        }
        final Timestamps timestamps = synAck.timestamps();
        if (timestamps != null) {
            options.timestamps(timestampValue, timestamps.echo());
        }
        final FastOpenCookie cookie = synAck.cookie();
        if (cookie != null) {
            options.fastOpen(cookie);
        }
        if (synAck.hasAccEcnOption()) {
            options.accEcn(path);
        }
        if (config.userTimeoutOption()) {
            options.userTimeout(UserTimeoutOption.advertised(config));
        }
        final int flags = TcpHeader.SYN | TcpHeader.ACK | synAck.ecnFlags();
        return send(
                path,
                synAck.localPort(),
                synAck.remotePort(),
                synAck.iss(),
                synAck.rcvNxt(),
                flags,
                synAck.announceWindow(),
                null,
                0,
                config);
    }

    /**
     * Sends {@code <SEQ=ISS><CTL=SYN>} with the options added since {@link #begin}, and the first {@code payload} bytes
     * of {@code data} (RFC 7413 4.2.1).
     */
    public SendStatus sendSyn(
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int iss,
            final int flags,
            final int window,
            final SendQueue data,
            final int payload,
            final TcpConfig config) {
        return send(path, localPort, remotePort, iss, 0, flags, window, data, payload, config);
    }

    private SendStatus send(
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int iss,
            final int ack,
            final int flags,
            final int window,
            final @Nullable SendQueue data,
            final int payload,
            final TcpConfig config) {
        final int length = TcpHeader.MIN_LENGTH + options.length();
        final PacketBuffer packet = pool.packet(path.headroom() + length + payload, path.headroom());
        final int at = packet.append(length);
        header.wrap(packet.memory().bytes(), at).write(localPort, remotePort, iss, ack, length, flags, window, 0);
        options.write(packet.memory().bytes(), at + TcpHeader.MIN_LENGTH);
        if (data != null && payload > 0) {
            data.copyOut(packet, 0, payload);
        }
        return sender.hand(packet, at, path, config.timeToLive(), config.trafficClass());
    }
}
