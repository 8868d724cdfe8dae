package io.tapstack.posix;

import io.tapstack.ip.ErrorReport;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.ReceivedMessage;
import io.tapstack.socket.SocketOptions;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/**
 * Writes the facts of {@code recvmsg(2)} beside the bytes as control messages ({@code cmsg(3)}), in Linux's order and
 * layout. Messages without room are cut, and {@code MSG_CTRUNC} says so.
 */
final class ControlWriter {

    /** The number of the loopback interface, by which IPv6 packets to ourselves come. */
    static final int LOOPBACK_INDEX = 1;

    /** The number of the one interface: behind the loopback interface, as on a host that has one. */
    static final int INTERFACE_INDEX = 2;

    static final int PACKET_INFO_BYTES = 12;
    static final int IPV6_PACKET_INFO_BYTES = 20;

    private static final int HEADER_BYTES = 16;
    private static final int EXTENDED_ERROR_BYTES = 16;
    private static final int SOCKADDR_BYTES = 16;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int IN6_ADDRESS_OFFSET = 8;
    private static final int IN6_SCOPE_OFFSET = 24;
    /** RFC 4291 2.7. */
    private static final int LINK_LOCAL_SCOPE = 2;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final ByteBuffer control;
    // The data of one message.
    private final ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    private final AddressFamily family;
    private final LongUnaryOperator realTime;
    private boolean cut;

    /**
     * @param family of the socket
     * @param realTime converts the stack's time to that of programs, both in nanoseconds
     */
    ControlWriter(final ByteBuffer control, final AddressFamily family, final LongUnaryOperator realTime) {
        this.control = control;
        this.family = family;
        this.realTime = realTime;
    }

    /**
     * Writes all facts of {@code message}.
     *
     * @return {@link MessageFlags#MSG_CTRUNC}, or 0
     */
    int write(final ReceivedMessage message) {
        writeTimes(message);
        writeIp(message);
        final ErrorReport report = message.report();
        if (report != null) {
            write(report);
        }
        if (message.unreadBytes() != ReceivedMessage.UNKNOWN) {
            data.clear();
            data.putInt(message.unreadBytes());
            put(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_INQ);
        }
        return cut ? MessageFlags.MSG_CTRUNC : 0;
    }

    /**
     * {@code struct timeval} or {@code struct timespec}, and {@code struct scm_timestamping}, whose first time is the
     * one of software.
     */
    private void writeTimes(final ReceivedMessage message) {
        if (message.nanos() == ErrorReport.NO_TIME) {
            return;
        }
        final long nanos = realTime.applyAsLong(message.nanos());
        final long seconds = Math.floorDiv(nanos, NANOS_PER_SECOND);
        final long fraction = Math.floorMod(nanos, NANOS_PER_SECOND);
        final int option = message.timeOption();
        if (option != 0) {
            final boolean micros = option == SocketOptions.SO_TIMESTAMP || option == SocketOptions.SO_TIMESTAMP_NEW;
            data.clear();
            data.putLong(seconds).putLong(micros ? fraction / NANOS_PER_MICRO : fraction);
            put(SocketOptions.SOL_SOCKET, option);
        }
        if (message.stampingOption() != 0) {
            data.clear();
            data.putLong(seconds)
                    .putLong(fraction)
                    .putLong(0)
                    .putLong(0)
                    .putLong(0)
                    .putLong(0);
            put(SocketOptions.SOL_SOCKET, message.stampingOption());
        }
    }

    /**
     * {@code struct in6_pktinfo} and {@code struct in_pktinfo}; of IPv4 the time to live as an int and the type of
     * service as a byte, of IPv6 the hop limit and the traffic class as ints.
     */
    private void writeIp(final ReceivedMessage message) {
        final IpAddress destination = message.destination();
        final IpAddress local = message.local();
        if (destination != null && message.isDestinationOfIpv6()) {
            data.clear();
            data.put(destination.toIpv6Bytes()).putInt(message.isOwn() ? LOOPBACK_INDEX : INTERFACE_INDEX);
            put(SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_PKTINFO);
        }
        if (destination != null && local != null && message.isDestinationOfIpv4()) {
            data.clear();
            data.putInt(INTERFACE_INDEX)
                    .putInt(Integer.reverseBytes(local.ipv4Bits()))
                    .putInt(Integer.reverseBytes(destination.ipv4Bits()));
            put(SocketOptions.IPPROTO_IP, SocketOptions.IP_PKTINFO);
        }
        if (message.timeToLive() != ReceivedMessage.UNKNOWN) {
            data.clear();
            data.putInt(message.timeToLive());
            if (message.isIpv4()) {
                put(SocketOptions.IPPROTO_IP, SocketOptions.IP_TTL);
            } else {
                put(SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_HOPLIMIT);
            }
        }
        if (message.trafficClass() != ReceivedMessage.UNKNOWN && !message.isIpv4()) {
            data.clear();
            data.putInt(message.trafficClass());
            put(SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_TCLASS);
        } else if (message.trafficClass() != ReceivedMessage.UNKNOWN) {
            data.clear();
            data.put((byte) message.trafficClass());
            put(SocketOptions.IPPROTO_IP, SocketOptions.IP_TOS);
        }
    }

    /** {@code struct sock_extended_err}, and behind it the offender's address as the socket's family has it. */
    private void write(final ErrorReport report) {
        data.clear();
        data.putInt(report.errno());
        data.put((byte) report.origin());
        data.put((byte) report.type());
        data.put((byte) report.code());
        data.put((byte) 0);
        data.putInt(report.info());
        data.putInt(report.data());
        final IpAddress offender = report.offender();
        if (family == AddressFamily.IPV6) {
            data.put(new byte[SOCKADDR_IN6_BYTES]);
            if (offender != null) {
                data.putShort(EXTENDED_ERROR_BYTES, (short) SocketCalls.AF_INET6);
                data.put(EXTENDED_ERROR_BYTES + IN6_ADDRESS_OFFSET, offender.toIpv6Bytes());
                data.putInt(EXTENDED_ERROR_BYTES + IN6_SCOPE_OFFSET, scope(offender));
            }
            put(SocketOptions.IPPROTO_IPV6, SocketOptions.IPV6_RECVERR);
            return;
        }
        data.put(new byte[SOCKADDR_BYTES]);
        if (offender != null) {
            data.putShort(EXTENDED_ERROR_BYTES, (short) SocketCalls.AF_INET);
            data.putInt(EXTENDED_ERROR_BYTES + Integer.BYTES, Integer.reverseBytes(offender.ipv4Bits()));
        }
        put(SocketOptions.IPPROTO_IP, SocketOptions.IP_RECVERR);
    }

    /** {@code sin6_scope_id}: the interface of an address that means hosts of one link (RFC 4007 4); else 0. */
    static int scope(final IpAddress address) {
        final boolean linkGroup = address.isMulticast() && (address.high() >>> 48 & 0xF) <= LINK_LOCAL_SCOPE;
        return !address.isIpv4() && (address.isLinkLocal() || linkGroup) ? INTERFACE_INDEX : 0;
    }

    /** Linux's {@code put_cmsg}. */
    private void put(final int level, final int type) {
        data.flip();
        final int whole = HEADER_BYTES + data.remaining();
        if (control.remaining() < HEADER_BYTES) {
            cut = true;
            return;
        }
        cut |= control.remaining() < whole;
        final int length = Math.min(whole, control.remaining());
        final int start = control.position();
        data.limit(length - HEADER_BYTES);
        control.putLong(length).putInt(level).putInt(type).put(data);
        control.position(Math.min(start + aligned(whole), control.limit()));
    }

    static int aligned(final int position) {
        return (position + Long.BYTES - 1) & -Long.BYTES;
    }
}
