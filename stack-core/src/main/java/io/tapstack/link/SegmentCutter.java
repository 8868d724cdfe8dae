package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.Queue;

/**
 * TCP segmentation offload in software: cuts a super-segment as a network card does. Every segment gets a copy of the
 * headers, with its own lengths, identification (IPv4), sequence number and checksums; FIN and PSH are set in the last
 * segment only, CWR in the first (RFC 3168 6.1.2: once).
 */
final class SegmentCutter {

    private static final int ON_LAST_ONLY = TcpHeader.FIN | TcpHeader.PSH;

    private final int linkHeaderLength;
    private final TcpHeader header = new TcpHeader();

    SegmentCutter(final LinkType type) {
        this.linkHeaderLength = type == LinkType.ETHERNET ? EthernetHeader.LENGTH : 0;
    }

    /**
     * Appends the segments of {@code frame}, which stays the caller's, to {@code target}.
     *
     * @param frame contiguous, with a {@linkplain PacketBuffer#gsoSize() segment size}
     * @param pool for the segments' memory
     */
    void cut(final PacketBuffer frame, final BufferPool pool, final Queue<PacketBuffer> target) {
        final int ip = frame.head() + linkHeaderLength;
        final ByteBuffer bytes = frame.memory().bytes();
        final int transport = frame.checksumStart();
        final boolean ipv6 = isIpv6(bytes, ip, transport);
        final int tcpHeaderLength = header.wrap(bytes, transport).headerLength();
        final int headers = transport + tcpHeaderLength - frame.head();
        final int payload = frame.length() - headers;
        for (int from = 0, index = 0; from < payload; from += frame.gsoSize(), index++) {
            final int length = Math.min(frame.gsoSize(), payload - from);
            final PacketBuffer segment = pool.packet(headers + length, 0);
            final int at = segment.append(headers + length);
            frame.copyTo(0, segment.memory(), at, headers);
            frame.copyTo(headers + from, segment.memory(), at + headers, length);
            adjust(
                    segment.memory().bytes(),
                    ipv6,
                    at + linkHeaderLength,
                    at + transport - frame.head(),
                    tcpHeaderLength + length,
                    index,
                    from,
                    from + length == payload);
            segment.checksumTrusted(frame.checksumTrusted());
            target.add(segment);
        }
    }

    private static boolean isIpv6(final ByteBuffer bytes, final int ip, final int transport) {
        final int version = Ipv4Header.version(bytes, ip);
        final boolean ipv4 = version == 4 && Ipv4Header.protocol(bytes, ip) == IpProtocol.TCP;
        // The stack sends TCP over IPv6 without extension headers.
        final boolean ipv6 = version == 6
                && Ipv6Header.nextHeader(bytes, ip) == IpProtocol.TCP
                && transport == ip + Ipv6Header.LENGTH;
        if (!ipv4 && !ipv6) {
            throw new IllegalArgumentException("only TCP over IPv4 or IPv6 can be cut");
        }
        return ipv6;
    }

    private void adjust(
            final ByteBuffer bytes,
            final boolean ipv6,
            final int ip,
            final int tcp,
            final int tcpLength,
            final int index,
            final int from,
            final boolean last) {
        final long addresses;
        if (ipv6) {
            Ipv6Header.payloadLength(bytes, ip, tcpLength);
            addresses = InternetChecksum.sum(bytes, ip + Ipv6Header.SOURCE_OFFSET, 4 * Long.BYTES);
        } else {
            bytes.putShort(ip + Ipv4Header.TOTAL_LENGTH_OFFSET, (short) (tcp - ip + tcpLength));
            final int identification = Ipv4Header.identification(bytes, ip) + index;
            bytes.putShort(ip + Ipv4Header.IDENTIFICATION_OFFSET, (short) identification);
            Ipv4Header.updateChecksum(bytes, ip);
            addresses = InternetChecksum.sum(bytes, ip + Ipv4Header.SOURCE_OFFSET, 2 * Integer.BYTES);
        }
        header.wrap(bytes, tcp);
        int flags = header.flags();
        if (!last) {
            flags &= ~ON_LAST_ONLY;
        }
        if (index > 0) {
            flags &= ~TcpHeader.CWR;
        }
        bytes.put(tcp + TcpHeader.FLAGS_OFFSET, (byte) flags);
        bytes.putInt(tcp + TcpHeader.SEQUENCE_OFFSET, header.sequence() + from);
        header.checksum(0);
        final long pseudoHeader = addresses + IpProtocol.TCP + tcpLength;
        header.checksum(InternetChecksum.finish(pseudoHeader + InternetChecksum.sum(bytes, tcp, tcpLength)));
    }
}
