package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.tap.TapDevice;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The frames of a {@link RawSender}, with the headers of its one connection. */
abstract class RawFrames {

    /** Frames sent before the sender looks for acknowledgments: few enough that these never fill the TAP's queue. */
    static final int BATCH = 64;

    static final int HEADROOM = EthernetHeader.LENGTH + Ipv4Header.LENGTH + TcpHeader.MIN_LENGTH + 32;

    /** A locally administered address (IEEE 802). */
    private static final long MAC = 0x02_00_00_00_00_01L;

    private static final int WINDOW = 0xFFFF;
    private static final int TIME_TO_LIVE = 64;

    final TapDevice device;
    final BufferPool pool;
    private final TcpHeader segment = new TcpHeader();
    private long peerMac;
    private int source;
    private int destination;
    private int sourcePort;
    private int destinationPort;

    RawFrames(final TapDevice device, final BufferPool pool) {
        this.device = device;
        this.pool = pool;
    }

    /** Learns the peer's addresses and ports; called for every packet from it. */
    final void peer(final long mac, final int ourAddress, final int peerAddress) {
        peerMac = mac;
        source = ourAddress;
        destination = peerAddress;
    }

    final void ports(final int ours, final int peers) {
        sourcePort = ours;
        destinationPort = peers;
    }

    /** A transfer begins at {@code position}. */
    abstract void begin(TransferRequest request, long position);

    /** The best number of bytes for a frame that begins at {@code position}. */
    abstract int wanted(long position, long left);

    /**
     * Sends a frame.
     *
     * @return false if the device has no room
     */
    abstract boolean send(long position, int sequence, int acknowledgment, int length, boolean push) throws IOException;

    /** Prepends all headers to a segment whose options are at its head; all checksums are complete. */
    final void finish(
            final PacketBuffer packet,
            final int optionBytes,
            final int sequence,
            final int acknowledgment,
            final int flags) {
        final int tcp = prependTcp(packet, optionBytes, sequence, acknowledgment, flags);
        segment.checksum(InternetChecksum.finish(pseudoHeader(packet.length()) + InternetChecksum.sum(packet, tcp)));
        prependIp(packet);
    }

    /** @return the offset of the header */
    final int prependTcp(
            final PacketBuffer packet,
            final int optionBytes,
            final int sequence,
            final int acknowledgment,
            final int flags) {
        final int at = packet.prepend(TcpHeader.MIN_LENGTH);
        segment.wrap(packet.memory().bytes(), at)
                .write(
                        sourcePort,
                        destinationPort,
                        sequence,
                        acknowledgment,
                        TcpHeader.MIN_LENGTH + optionBytes,
                        flags,
                        WINDOW,
                        0);
        return at;
    }

    final void prependIp(final PacketBuffer packet) {
        final int ip = packet.prepend(Ipv4Header.LENGTH);
        final ByteBuffer bytes = packet.memory().bytes();
        Ipv4Header.write(
                bytes,
                ip,
                0,
                packet.length(),
                0,
                Ipv4Header.DONT_FRAGMENT,
                TIME_TO_LIVE,
                IpProtocol.TCP,
                source,
                destination);
        EthernetHeader.write(bytes, packet.prepend(EthernetHeader.LENGTH), peerMac, MAC, EthernetHeader.TYPE_IPV4);
    }

    /** The sum of the pseudo-header for a segment of {@code segmentBytes}, header included (RFC 9293 3.1). */
    final long pseudoHeader(final int segmentBytes) {
        return (source & 0xFFFF_FFFFL) + (destination & 0xFFFF_FFFFL) + IpProtocol.TCP + segmentBytes;
    }

    final void sendArpReply(final int address, final long toMac, final int toAddress) throws IOException {
        final PacketBuffer packet = pool.packet(HEADROOM + ArpPacket.LENGTH, HEADROOM);
        try {
            final ByteBuffer bytes = packet.memory().bytes();
            ArpPacket.write(bytes, packet.append(ArpPacket.LENGTH), ArpPacket.REPLY, MAC, address, toMac, toAddress);
            EthernetHeader.write(bytes, packet.prepend(EthernetHeader.LENGTH), toMac, MAC, EthernetHeader.TYPE_ARP);
            device.transmit(packet);
        } finally {
            packet.release();
        }
    }
}
