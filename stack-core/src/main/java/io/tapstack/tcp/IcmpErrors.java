package io.tapstack.tcp;

import io.tapstack.ip.IcmpError;
import io.tapstack.wire.SequenceNumber;

/**
 * What an ICMP error does to a connection (RFC 1122 4.2.3.9, RFC 5461). Anybody can send one, so it counts only if the sequence number it
 * quotes is in flight (RFC 5927 4.1), and a synchronized connection lives through all of them (RFC 5927 5).
 */
final class IcmpErrors {

    private IcmpErrors() {}

    /**
     * @param mtu the next hop's MTU for {@link IcmpError#FRAGMENTATION_NEEDED}
     * @param seq the sequence number that is quoted
     * @return false if the error is not about anything that {@code tcb} has in flight
     */
    static boolean apply(
            final TcpConnection tcb, final IcmpError error, final int mtu, final int seq, final long nowNanos) {
        if (SequenceNumber.lessThan(seq, tcb.sndUna) || SequenceNumber.greaterOrEqual(seq, tcb.sndNxt)) {
            return false;
        }
        if (error == IcmpError.FRAGMENTATION_NEEDED) {
            tcb.pathMtu.tooBig(mtu, seq, nowNanos);
            return true;
        }
        if (tcb.state == TcpState.SYN_SENT) {
            // RFC 5461 4: nothing is lost yet, and an application would rather know at once.
            tcb.life.fail(error.socketError(), nowNanos);
        } else {
            tcb.life.softError(error.socketError());
        }
        return true;
    }

    /** The same for a half-open connection, which lives through all of them: its peer may be reached yet. */
    static boolean apply(final HalfOpen half, final IcmpError error, final int mtu, final int seq) {
        final boolean inFlight = seq == half.iss;
        if (inFlight && error == IcmpError.FRAGMENTATION_NEEDED) {
            half.path.reduceMtu(mtu);
        }
        return inFlight;
    }
}
