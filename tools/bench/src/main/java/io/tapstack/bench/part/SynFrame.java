package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * The Ethernet frame of a bare SYN over IPv4, for floods.
 *
 * @param toMac link address of the receiver
 * @param fromMac link address of the sender
 * @param destination IPv4 address of the server
 * @param port the server's
 */
public record SynFrame(long toMac, long fromMac, int destination, int port) {

    private static final int TIME_TO_LIVE = 64;
    private static final int WINDOW = 0xFFFF;

    /** Builds one, with all checksums. The caller releases it. */
    public PacketBuffer from(final int source, final int sourcePort, final int sequence, final BufferPool pool) {
        final int total = Ipv4Header.LENGTH + TcpHeader.MIN_LENGTH;
        final PacketBuffer frame = pool.packet(EthernetHeader.LENGTH + total, 0);
        final int at = frame.append(EthernetHeader.LENGTH + total);
        final int ip = at + EthernetHeader.LENGTH;
        final int tcp = ip + Ipv4Header.LENGTH;
        final ByteBuffer bytes = frame.memory().bytes();
        EthernetHeader.write(bytes, at, toMac, fromMac, EthernetHeader.TYPE_IPV4);
        Ipv4Header.write(bytes, ip, 0, total, 0, 0, TIME_TO_LIVE, IpProtocol.TCP, source, destination);
        final TcpHeader header = new TcpHeader();
        header.wrap(bytes, tcp).write(sourcePort, port, sequence, 0, TcpHeader.MIN_LENGTH, TcpHeader.SYN, WINDOW, 0);
        final long pseudoHeader =
                InternetChecksum.pseudoHeader(IpAddress.ipv4(source), IpAddress.ipv4(destination), IpProtocol.TCP);
        header.checksum(InternetChecksum.finish(
                pseudoHeader + TcpHeader.MIN_LENGTH + InternetChecksum.sum(bytes, tcp, TcpHeader.MIN_LENGTH)));
        return frame;
    }
}
