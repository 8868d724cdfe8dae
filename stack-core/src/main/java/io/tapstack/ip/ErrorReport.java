package io.tapstack.ip;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a socket's {@link ErrorQueue}: {@code struct sock_extended_err} of {@code ip(7)}, and the addresses and
 * payload that {@code recvmsg} with {@code MSG_ERRQUEUE} returns beside it. Numbers are Linux's.
 *
 * @param errno the error
 * @param origin its source: one of the {@code SO_EE_ORIGIN} constants
 * @param type of the ICMP message
 * @param code of the ICMP message, or a number with a meaning for the origin
 * @param info the MTU, or a number with a meaning for the origin
 * @param data a number with a meaning for the origin
 * @param destination of the packet in question, or null
 * @param offender the host that reported the error, or null
 * @param payload of the packet in question, as far as it is known
 * @param nanos the stack's time of the reported event, or {@link #NO_TIME}
 */
public record ErrorReport(
        int errno,
        int origin,
        int type,
        int code,
        int info,
        int data,
        @Nullable Endpoint destination,
        @Nullable IpAddress offender,
        byte[] payload,
        long nanos) {

    /** {@code SO_EE_ORIGIN_LOCAL}: the error is this host's own. */
    public static final int LOCAL = 1;

    /** {@code SO_EE_ORIGIN_ICMP}: an ICMP message was received. */
    public static final int ICMP = 2;

    /** {@code SO_EE_ORIGIN_ICMP6}: an ICMPv6 message was received. */
    public static final int ICMPV6 = 3;

    /**
     * {@code SO_EE_ORIGIN_TIMESTAMPING}: a time of sent bytes; {@link #info} is the kind of time ({@code SCM_TSTAMP}),
     * {@link #data} the identifier of the bytes.
     */
    public static final int TIMESTAMPING = 4;

    /**
     * {@code SO_EE_ORIGIN_ZEROCOPY}: the sends with {@code MSG_ZEROCOPY} from {@link #info} to {@link #data} are
     * completed.
     */
    public static final int ZERO_COPY = 5;

    /** {@code SO_EE_CODE_ZEROCOPY_COPIED}: the bytes were copied in spite of {@code MSG_ZEROCOPY}. */
    public static final int COPIED = 1;

    /** No time. */
    public static final long NO_TIME = Long.MIN_VALUE;

    private static final int ENOMSG = 42;
    private static final byte[] NOTHING = {};

    /** A report of a datagram that was too long for the path, which takes packets of {@code mtu} bytes. */
    public static ErrorReport tooLong(final Endpoint destination, final int mtu) {
        final int errno = SocketError.EMSGSIZE.errno();
        return new ErrorReport(errno, LOCAL, 0, 0, mtu, 0, destination, null, NOTHING, NO_TIME);
    }

    /**
     * A report of an ICMP error.
     *
     * @param info the quoted packet
     * @param port the destination port of the quoted packet
     * @param payload that the message quotes
     */
    public static ErrorReport icmp(
            final IcmpError error, final ReceivedPacket info, final int port, final byte[] payload, final long nanos) {
        return new ErrorReport(
                error.socketError().errno(),
                info.isIpv4() ? ICMP : ICMPV6,
                info.icmpType(),
                info.icmpCode(),
                info.icmpInfo(),
                0,
                new Endpoint(info.destination(), port),
                info.reporter(),
                payload,
                nanos);
    }

    /** A report that the sends from {@code first} to {@code last} are completed. */
    public static ErrorReport completed(final int first, final int last, final int code) {
        return new ErrorReport(0, ZERO_COPY, 0, code, first, last, null, null, NOTHING, NO_TIME);
    }

    /** A report of the time of sent bytes. */
    public static ErrorReport stamped(final int what, final int id, final byte[] packet, final long nanos) {
        return new ErrorReport(ENOMSG, TIMESTAMPING, 0, 0, what, id, null, null, packet, nanos);
    }

    /** True if a message of ICMP or ICMPv6 caused the report. */
    public boolean isIcmp() {
        return origin == ICMP || origin == ICMPV6;
    }
}
