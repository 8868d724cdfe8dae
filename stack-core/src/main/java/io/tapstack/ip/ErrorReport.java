package io.tapstack.ip;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a socket's {@link ErrorQueue}: {@code struct sock_extended_err} of {@code ip(7)}, with what
 * {@code recvmsg} of {@code MSG_ERRQUEUE} answers beside it. Numbers are Linux's.
 *
 * @param errno what went wrong
 * @param origin who says so: one of the {@code SO_EE_ORIGIN} constants
 * @param type of the ICMP message
 * @param code of the ICMP message, or what the origin makes of it
 * @param info the MTU, or what the origin makes of it
 * @param data what the origin makes of it
 * @param destination where the packet in question was sent to, or null
 * @param offender who reported the error, or null
 * @param payload of the packet in question, as far as it is known
 * @param nanos the stack's time of what it is about, or {@link #NO_TIME}
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

    /** {@code SO_EE_ORIGIN_ICMP}: an ICMP message has come. */
    public static final int ICMP = 2;

    /**
     * {@code SO_EE_ORIGIN_TIMESTAMPING}: a time of something sent; {@link #info} says of what ({@code SCM_TSTAMP}),
     * {@link #data} of which.
     */
    public static final int TIMESTAMPING = 4;

    /**
     * {@code SO_EE_ORIGIN_ZEROCOPY}: the sends with {@code MSG_ZEROCOPY} from {@link #info} to {@link #data} are
     * completed.
     */
    public static final int ZERO_COPY = 5;

    /** {@code SO_EE_CODE_ZEROCOPY_COPIED}: their bytes were copied all the same. */
    public static final int COPIED = 1;

    /** There is no time that the report is about. */
    public static final long NO_TIME = Long.MIN_VALUE;

    private static final int ENOMSG = 42;
    private static final byte[] NOTHING = {};

    /** A datagram was too long for the path, which takes packets of {@code mtu} bytes. */
    public static ErrorReport tooLong(final Endpoint destination, final int mtu) {
        final int errno = SocketError.EMSGSIZE.errno();
        return new ErrorReport(errno, LOCAL, 0, 0, mtu, 0, destination, null, NOTHING, NO_TIME);
    }

    /**
     * An ICMP error has come.
     *
     * @param info the quoted packet
     * @param port the port that the quoted packet was sent to
     * @param payload what the message quotes
     */
    public static ErrorReport icmp(
            final IcmpError error, final ReceivedPacket info, final int port, final byte[] payload, final long nanos) {
        return new ErrorReport(
                error.socketError().errno(),
                ICMP,
                info.icmpType(),
                info.icmpCode(),
                info.icmpInfo(),
                0,
                new Endpoint(info.destination(), port),
                info.reporter(),
                payload,
                nanos);
    }

    /** The sends from {@code first} to {@code last} are completed. */
    public static ErrorReport completed(final int first, final int last, final int code) {
        return new ErrorReport(0, ZERO_COPY, 0, code, first, last, null, null, NOTHING, NO_TIME);
    }

    /** The time of something sent. */
    public static ErrorReport stamped(final int what, final int id, final byte[] packet, final long nanos) {
        return new ErrorReport(ENOMSG, TIMESTAMPING, 0, 0, what, id, null, null, packet, nanos);
    }

    /** True if an ICMP message has caused it. */
    public boolean isIcmp() {
        return origin == ICMP;
    }
}
