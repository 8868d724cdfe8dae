package io.tapstack.bench.micro;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.link.SimulatedLink;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The far end of one TCP connection, and the wire to it, at almost no cost: it answers nothing by itself, but puts the
 * segments that the benchmark asks for into the stack's next poll, and notes only the numbers of the stack's segments.
 * Segments carry timestamps, as those of today's peers. The link is one without Ethernet.
 */
final class ScriptedPeer implements SimulatedLink {

    static final Endpoint STACK = new Endpoint(IpAddress.parse("10.0.0.2"), 80);
    static final Endpoint PEER = new Endpoint(IpAddress.parse("10.0.0.1"), 50_000);
    static final int MSS = 1_448;

    private static final int MTU = 1_500;
    private static final int WINDOW_SHIFT = 10;
    private static final int WINDOW = 0xFFFF;
    private static final int SYN_OPTIONS = 20;
    private static final int MAX_PENDING = 1 << 10;

    private final LinkCapabilities capabilities;
    private final long pseudoHeader = InternetChecksum.pseudoHeader(PEER.address(), STACK.address(), IpProtocol.TCP);
    private final TcpHeader header = new TcpHeader();
    private final TcpOptions options = new TcpOptions();

    // Segments that wait to be received, a ring: flags, sequence number, acknowledgment and payload length of each.
    private final int[] flags = new int[MAX_PENDING];
    private final int[] sequences = new int[MAX_PENDING];
    private final int[] acknowledgments = new int[MAX_PENDING];
    private final int[] lengths = new int[MAX_PENDING];
    private int first;
    private int pending;

    private int sndNxt;
    private int rcvNxt;
    private int timestamp;
    private int timestampEcho;
    private long segmentsHeard;

    /** @param offload true for a device that takes super-segments and vouches for checksums, as a TAP does */
    ScriptedPeer(final boolean offload) {
        capabilities = offload
                ? new LinkCapabilities(LinkType.IP, MTU, true, true, LinkCapabilities.MAX_MTU)
                : LinkCapabilities.plain(LinkType.IP, MTU);
    }

    /** The right edge of everything that the stack has sent so far. */
    int rcvNxt() {
        return rcvNxt;
    }

    /** The number of segments that the stack has sent. */
    long segmentsHeard() {
        return segmentsHeard;
    }

    void sendSyn() {
        put(TcpHeader.SYN, 0, 0);
        sndNxt++;
    }

    /** An ACK of everything up to {@code acknowledgment}. */
    void sendAck(final int acknowledgment) {
        put(TcpHeader.ACK, acknowledgment, 0);
    }

    /** The next {@code length} bytes of the peer's data, in one segment. */
    void sendData(final int length) {
        put(TcpHeader.ACK | TcpHeader.PSH, rcvNxt, length);
        sndNxt += length;
    }

    private void put(final int segmentFlags, final int acknowledgment, final int length) {
        final int at = (first + pending++) % MAX_PENDING;
        flags[at] = segmentFlags;
        sequences[at] = sndNxt;
        acknowledgments[at] = acknowledgment;
        lengths[at] = length;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        if (pending == 0) {
            return null;
        }
        final int at = first;
        first = (first + 1) % MAX_PENDING;
        pending--;
        final boolean syn = (flags[at] & TcpHeader.SYN) != 0;
        final int tcpLength = TcpHeader.MIN_LENGTH + (syn ? SYN_OPTIONS : TcpOptions.TIMESTAMPS_LENGTH);
        final int total = Ipv4Header.LENGTH + tcpLength + lengths[at];
        final PacketBuffer packet = pool.packet(total > BufferPool.FRAME ? BufferPool.SUPER : BufferPool.FRAME, 0);
        final int ip = packet.append(total);
        final int tcp = ip + Ipv4Header.LENGTH;
        final ByteBuffer bytes = packet.memory().bytes();
        Ipv4Header.write(
                bytes,
                ip,
                0,
                total,
                0,
                Ipv4Header.DONT_FRAGMENT,
                64,
                IpProtocol.TCP,
                PEER.address().ipv4Bits(),
                STACK.address().ipv4Bits());
        header.wrap(bytes, tcp)
                .write(PEER.port(), STACK.port(), sequences[at], acknowledgments[at], tcpLength, flags[at], WINDOW, 0);
        int option = tcp + TcpHeader.MIN_LENGTH;
        if (syn) {
            option += TcpOptions.writeMaximumSegmentSize(bytes, option, MTU - Ipv4Header.LENGTH - TcpHeader.MIN_LENGTH);
            option += TcpOptions.writeWindowScale(bytes, option, WINDOW_SHIFT);
        }
        TcpOptions.writeTimestamps(bytes, option, ++timestamp, timestampEcho);
        if (capabilities.rxChecksumTrusted()) {
            packet.checksumTrusted(true);
        } else {
            final int length = total - Ipv4Header.LENGTH;
            header.checksum(InternetChecksum.finish(pseudoHeader + length + InternetChecksum.sum(bytes, tcp, length)));
        }
        return packet;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        final int tcp = frame.head() + Ipv4Header.LENGTH;
        header.wrap(bytes, tcp);
        final int length = frame.length() - Ipv4Header.LENGTH - header.headerLength();
        final int end = header.sequence() + length + ((header.flags() & TcpHeader.SYN) != 0 ? 1 : 0);
        if (segmentsHeard == 0 || end - rcvNxt > 0) {
            rcvNxt = end;
        }
        options.parse(bytes, tcp + TcpHeader.MIN_LENGTH, header.headerLength() - TcpHeader.MIN_LENGTH);
        if (options.hasTimestamps()) {
            timestampEcho = options.timestampValue();
        }
        segmentsHeard++;
        return true;
    }

    @Override
    public void close() {}
}
