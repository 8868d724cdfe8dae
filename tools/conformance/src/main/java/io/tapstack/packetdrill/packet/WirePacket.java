package io.tapstack.packetdrill.packet;

import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.UdpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 packet that the stack has sent.
 *
 * @param bytes from the IP header on
 * @param micros its time on the script's clock
 */
public record WirePacket(ByteBuffer bytes, long micros) {

    /** @param packet complete, from the IP header on */
    public static WirePacket of(final byte[] packet, final long micros) {
        return new WirePacket(ByteBuffer.wrap(packet), micros);
    }

    boolean isIpv6() {
        return Ipv6Header.version(bytes, 0) == 6;
    }

    /** The protocol behind the IP header; of IPv6 the next header, so that a fragment is of no transport. */
    int protocol() {
        return isIpv6() ? Ipv6Header.nextHeader(bytes, 0) : Ipv4Header.protocol(bytes, 0);
    }

    /** True for ICMP in an IPv4 packet, and for ICMPv6 in one of IPv6. */
    boolean isIcmp() {
        return protocol() == (isIpv6() ? IpProtocol.ICMPV6 : IpProtocol.ICMP);
    }

    IpAddress source() {
        return isIpv6()
                ? IpAddress.ipv6(Ipv6Header.sourceHigh(bytes, 0), Ipv6Header.sourceLow(bytes, 0))
                : IpAddress.ipv4(Ipv4Header.source(bytes, 0));
    }

    IpAddress destination() {
        return isIpv6()
                ? IpAddress.ipv6(Ipv6Header.destinationHigh(bytes, 0), Ipv6Header.destinationLow(bytes, 0))
                : IpAddress.ipv4(Ipv4Header.destination(bytes, 0));
    }

    int trafficClass() {
        return isIpv6() ? Ipv6Header.trafficClass(bytes, 0) : Ipv4Header.trafficClass(bytes, 0);
    }

    /** The hop limit of IPv6. */
    int timeToLive() {
        return isIpv6() ? Ipv6Header.hopLimit(bytes, 0) : Ipv4Header.timeToLive(bytes, 0);
    }

    /** Of IPv6; -1 of IPv4. */
    int flowLabel() {
        return isIpv6() ? Ipv6Header.flowLabel(bytes, 0) : -1;
    }

    /** The offset of the transport's header. */
    int transport() {
        return isIpv6() ? Ipv6Header.LENGTH : Ipv4Header.headerLength(bytes, 0);
    }

    /** Bytes of the packet by its IP header. */
    private int totalLength() {
        return isIpv6() ? Ipv6Header.LENGTH + Ipv6Header.payloadLength(bytes, 0) : Ipv4Header.totalLength(bytes, 0);
    }

    int sourcePort() {
        return bytes.getShort(transport()) & 0xFFFF;
    }

    int destinationPort() {
        return bytes.getShort(transport() + 2) & 0xFFFF;
    }

    TcpHeader tcp() {
        return new TcpHeader().wrap(bytes, transport());
    }

    /** All nine flags: those of {@link TcpHeader}, and AE (RFC 9768 3.1) as the highest. */
    int tcpFlags() {
        return (bytes.get(transport() + TcpHeader.DATA_OFFSET_OFFSET) & 1) << Byte.SIZE | tcp().flags();
    }

    boolean isTcpSyn() {
        return protocol() == IpProtocol.TCP && (tcp().flags() & TcpHeader.SYN) != 0;
    }

    private int payloadOffset() {
        return transport()
                + switch (protocol()) {
                    case IpProtocol.TCP -> tcp().headerLength();
                    case IpProtocol.UDP -> UdpHeader.LENGTH;
                    default -> IcmpHeader.LENGTH;
                };
    }

    /** Bytes behind the transport's header. */
    public int payloadLength() {
        return totalLength() - payloadOffset();
    }

    byte[] tcpOptions() {
        return slice(transport() + TcpHeader.MIN_LENGTH, payloadOffset());
    }

    byte[] payload() {
        return slice(payloadOffset(), totalLength());
    }

    private byte[] slice(final int from, final int to) {
        final byte[] copy = new byte[Math.max(0, to - from)];
        bytes.get(from, copy);
        return copy;
    }

    /** True for a packet that has all its headers. */
    boolean isWhole() {
        final int length = bytes.limit();
        if (!hasIpHeader() || totalLength() > length) {
            return false;
        }
        if (isIcmp()) {
            return payloadLength() >= 0;
        }
        return switch (protocol()) {
            case IpProtocol.TCP ->
                length >= transport() + TcpHeader.MIN_LENGTH
                        && tcp().headerLength() >= TcpHeader.MIN_LENGTH
                        && payloadLength() >= 0;
            case IpProtocol.UDP -> payloadLength() >= 0;
            default -> false;
        };
    }

    private boolean hasIpHeader() {
        final int length = bytes.limit();
        if (length < Ipv4Header.LENGTH) {
            return false;
        }
        return isIpv6()
                ? length >= Ipv6Header.LENGTH
                : Ipv4Header.version(bytes, 0) == 4 && transport() >= Ipv4Header.LENGTH;
    }

    /**
     * Checks all checksums.
     *
     * @throws IOException with the name of a wrong one
     */
    public void verifyChecksums() throws IOException {
        if (!isIpv6() && !Ipv4Header.checksumIsValid(bytes, 0, transport())) {
            throw new IOException("bad IP checksum");
        }
        final int length = totalLength() - transport();
        long sum = InternetChecksum.sum(bytes, transport(), length);
        if (protocol() == IpProtocol.UDP && bytes.getShort(transport() + UdpHeader.CHECKSUM_OFFSET) == 0) {
            if (isIpv6()) {
                throw new IOException("no UDP checksum, which IPv6 needs"); // RFC 8200 8.1
            }
            return; // RFC 768: none was computed.
        }
        if (isIpv6() || !isIcmp()) {
            sum += InternetChecksum.pseudoHeader(source(), destination(), protocol()) + length;
        }
        if (InternetChecksum.finish(sum) != 0) {
            throw new IOException("bad " + name() + " checksum");
        }
    }

    String name() {
        return switch (protocol()) {
            case IpProtocol.TCP -> "TCP";
            case IpProtocol.UDP -> "UDP";
            case IpProtocol.ICMPV6 -> "ICMPv6";
            default -> "ICMP";
        };
    }

    /** True if {@code next} is the rest of the same super-segment: it follows at once, and only its end may differ. */
    public boolean isContinuedBy(final WirePacket next) {
        final int mask = ~(TcpHeader.FIN | TcpHeader.PSH | TcpHeader.CWR);
        return next.protocol() == IpProtocol.TCP
                && next.sourcePort() == sourcePort()
                && next.destinationPort() == destinationPort()
                && next.tcp().sequence() == tcp().sequence() + payloadLength()
                && next.tcp().acknowledgment() == tcp().acknowledgment()
                && next.tcp().window() == tcp().window()
                && (next.tcp().flags() & mask) == (tcp().flags() & mask)
                && (tcp().flags() & TcpHeader.FIN) == 0
                && next.tcpOptions().length == tcpOptions().length;
    }

    /** This segment with PSH. */
    public WirePacket pushed() {
        final ByteBuffer copy = ByteBuffer.allocate(bytes.limit()).put(0, bytes, 0, bytes.limit());
        final int flags = transport() + TcpHeader.FLAGS_OFFSET;
        copy.put(flags, (byte) (bytes.get(flags) | TcpHeader.PSH));
        return new WirePacket(copy, micros);
    }

    /** This segment and the next one, as one. It has the first one's time and fields, except FIN and PSH. */
    public WirePacket and(final WirePacket next) {
        final byte[] more = next.payload();
        final int length = payloadOffset() + payloadLength();
        final ByteBuffer both = ByteBuffer.allocate(length + more.length);
        both.put(0, bytes, 0, length).put(length, more);
        if (isIpv6()) {
            Ipv6Header.payloadLength(both, 0, both.capacity() - Ipv6Header.LENGTH);
        } else {
            both.putShort(Ipv4Header.TOTAL_LENGTH_OFFSET, (short) both.capacity());
        }
        final int flags = transport() + TcpHeader.FLAGS_OFFSET;
        both.put(flags, (byte) (tcp().flags() | next.tcp().flags() & (TcpHeader.FIN | TcpHeader.PSH)));
        return new WirePacket(both, micros);
    }
}
