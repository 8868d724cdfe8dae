package io.tapstack.tcp.connection;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.ErrorReport;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * Applies an ICMP error to a connection (RFC 1122 4.2.3.9, RFC 5461). Any host can forge one, so it counts only if the
 * sequence number it quotes is in flight (RFC 5927 4.1), and none ends a synchronized connection (RFC 5927 5).
 */
public final class IcmpErrors {

    private IcmpErrors() {}

    /**
     * Applies a received error; the application gets an error report if it ends a connect.
     *
     * @param quoted the quoted packet; its head is at the TCP header
     * @param info addresses and fields of the quoted packet
     * @return see {@link #apply(ControlBlock, IcmpError, int, int, long)}
     */
    public static boolean receive(
            final ControlBlock tcb,
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        final int seq = quoted.memory().bytes().getInt(quoted.head() + TcpHeader.SEQUENCE_OFFSET);
        if (isInFlight(tcb, seq) && tcb.state == TcpState.SYN_SENT && error != IcmpError.FRAGMENTATION_NEEDED) {
            tcb.observer.refused(report(error, quoted, info, nowNanos));
        }
        return apply(tcb, error, mtu, seq, nowNanos);
    }

    /**
     * Applies an error that quotes {@code seq}.
     *
     * @param mtu the next hop's MTU for {@link IcmpError#FRAGMENTATION_NEEDED}
     * @param seq the quoted sequence number
     * @return false if the error is not about a segment that {@code tcb} has in flight
     */
    static boolean apply(
            final ControlBlock tcb, final IcmpError error, final int mtu, final int seq, final long nowNanos) {
        // An ACK without data has SND.NXT, which RFC 5927 4.1 excludes. As on Linux, the application may be told of
        // such an error, but it changes nothing else.
        final boolean bareAck =
                seq == tcb.sndNxt && error != IcmpError.FRAGMENTATION_NEEDED && tcb.state != TcpState.SYN_SENT;
        if (!isInFlight(tcb, seq) && !bareAck) {
            return false;
        }
        if (error == IcmpError.FRAGMENTATION_NEEDED) {
            tcb.pathMtu.tooBig(mtu, seq, nowNanos);
            return true;
        }
        if (tcb.state == TcpState.SYN_SENT) {
            // RFC 5461 4: no data is lost yet, so an early error serves the application best.
            tcb.fail(error.socketError(), nowNanos);
        } else if (!tcb.observer.networkError(error.socketError())) {
            tcb.softError = error.socketError();
        }
        return true;
    }

    private static boolean isInFlight(final ControlBlock tcb, final int seq) {
        return !SequenceNumber.lessThan(seq, tcb.sndUna) && SequenceNumber.lessThan(seq, tcb.sndNxt);
    }

    private static ErrorReport report(
            final IcmpError error, final PacketBuffer quoted, final ReceivedPacket info, final long nowNanos) {
        final ByteBuffer bytes = quoted.memory().bytes();
        final int port = bytes.getShort(quoted.head() + TcpHeader.DESTINATION_PORT_OFFSET) & 0xFFFF;
        final byte[] payload = new byte[quoted.contiguousLength()];
        bytes.get(quoted.head(), payload);
        return ErrorReport.icmp(error, info, port, payload, nowNanos);
    }
}
