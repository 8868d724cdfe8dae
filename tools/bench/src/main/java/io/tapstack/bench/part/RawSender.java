package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The limit of a TAP: a sender that does the handshake, obeys the peer's window and answers FIN. It has one connection,
 * no timers, no congestion control, and retransmits only from the last acknowledgment after three duplicates. Serves
 * the {@link TransferRequest}s that make it send.
 *
 * <p>{@code RawSender TAP ADDRESS HOST_ADDRESS PREFIX_LENGTH PORT FILE super|frames}: super-frames of 64 KiB, or
 * complete frames of 1500 bytes on a TAP without offloads.
 */
public final class RawSender {

    private static final int MSS = 1460;
    private static final int WINDOW_SHIFT = 7;
    private static final int OPTIONS_BYTES = 8;
    private static final int DUPLICATES = 3;
    private static final int ISS = 1;

    private final TapDevice device;
    private final BufferPool pool = new BufferPool();
    private final RawFrames frames;
    private final int address;
    private final int port;
    private final TcpHeader segment = new TcpHeader();
    private final TcpOptions options = new TcpOptions();

    /** Positions in bytes from sequence number ISS + 1 on: 64 bits, so that they never wrap. */
    private long sndUna;

    private long sndNxt;
    private long end;
    private int sndWnd;
    private int sndWndShift;
    private int duplicates;
    private int rcvNxt;
    private @Nullable TransferRequest request;
    private boolean finSent;

    private RawSender(final TapDevice device, final RawFrames frames, final int address, final int port) {
        this.device = device;
        this.frames = frames;
        this.address = address;
        this.port = port;
    }

    /** Runs until stdin ends. */
    public static void main(final String[] arguments) throws IOException {
        final IpAddress address = IpAddress.parse(arguments[1]);
        final HostAddress host = new HostAddress(IpAddress.parse(arguments[2]), Integer.parseInt(arguments[3]));
        final TapConfig config = TapConfig.named(arguments[0]).withMtu(1500).withHostAddress(host);
        final boolean offload = arguments[6].equals("super");
        final TapDevice device = TapDevice.open(offload ? config : config.withoutOffload());
        final BufferPool pool = new BufferPool();
        final RawFrames frames = offload
                ? new SuperFrames(device, pool, Path.of(arguments[5]))
                : new PlainFrames(device, pool, Path.of(arguments[5]));
        final RawSender sender = new RawSender(device, frames, address.ipv4Bits(), Integer.parseInt(arguments[4]));
        final Thread end = new Thread(RawSender::exitWithInput, "end");
        end.setDaemon(true);
        end.start();
        System.out.println("ready");
        sender.run();
    }

    private static void exitWithInput() {
        try {
            while (System.in.read() >= 0) {
                // until it ends
            }
        } catch (final IOException e) {
            // the same
        }
        Runtime.getRuntime().halt(0);
    }

    private void run() throws IOException {
        while (true) {
            final PacketBuffer frame = device.receive(pool);
            if (frame != null) {
                try {
                    arrives(frame);
                } finally {
                    frame.release();
                }
            } else {
                final boolean more = send();
                device.flush();
                if (!more) {
                    device.await(Long.MAX_VALUE);
                }
            }
        }
    }

    // ---- In

    private void arrives(final PacketBuffer frame) throws IOException {
        final ByteBuffer bytes = frame.memory().bytes();
        final int ether = frame.head();
        final int packet = ether + EthernetHeader.LENGTH;
        final int type = EthernetHeader.etherType(bytes, ether);
        if (type == EthernetHeader.TYPE_ARP) {
            answerArp(bytes, packet);
        } else if (type == EthernetHeader.TYPE_IPV4
                && Ipv4Header.protocol(bytes, packet) == IpProtocol.TCP
                && Ipv4Header.destination(bytes, packet) == address) {
            frames.peer(EthernetHeader.source(bytes, ether), address, Ipv4Header.source(bytes, packet));
            final int start = packet + Ipv4Header.headerLength(bytes, packet);
            arrives(bytes, start, packet + Ipv4Header.totalLength(bytes, packet));
        }
    }

    private void answerArp(final ByteBuffer bytes, final int packet) throws IOException {
        if (ArpPacket.operation(bytes, packet) == ArpPacket.REQUEST
                && ArpPacket.targetProtocol(bytes, packet) == address) {
            frames.sendArpReply(
                    address, ArpPacket.senderHardware(bytes, packet), ArpPacket.senderProtocol(bytes, packet));
        }
    }

    private void arrives(final ByteBuffer bytes, final int start, final int packetEnd) throws IOException {
        segment.wrap(bytes, start);
        if (segment.destinationPort() != port || (segment.flags() & TcpHeader.RST) != 0) {
            return;
        }
        if ((segment.flags() & TcpHeader.SYN) != 0) {
            handshake(bytes, start);
            return;
        }
        acknowledged();
        final int data = start + segment.headerLength();
        final boolean fin = (segment.flags() & TcpHeader.FIN) != 0;
        if (segment.sequence() == rcvNxt && (packetEnd > data || fin)) {
            rcvNxt += packetEnd - data + (fin ? 1 : 0);
            if (packetEnd - data >= TransferRequest.BYTES) {
                final TransferRequest next =
                        TransferRequest.read(bytes.duplicate().position(data));
                request = next;
                frames.begin(next, sndNxt);
                end = sndNxt + next.count();
            }
            sendControl(fin ? TcpHeader.FIN | TcpHeader.ACK : TcpHeader.ACK, 0);
            finSent |= fin;
        }
    }

    private void handshake(final ByteBuffer bytes, final int start) throws IOException {
        options.parse(bytes, start + TcpHeader.MIN_LENGTH, segment.headerLength() - TcpHeader.MIN_LENGTH);
        sndUna = 0;
        sndNxt = 0;
        end = 0;
        request = null;
        finSent = false;
        sndWndShift = Math.max(0, options.windowScale());
        sndWnd = segment.window(); // that of a SYN is not scaled
        rcvNxt = segment.sequence() + 1;
        frames.ports(port, segment.sourcePort());
        sendControl(TcpHeader.SYN | TcpHeader.ACK, OPTIONS_BYTES);
    }

    private void acknowledged() {
        final long acknowledged = sndUna + (segment.acknowledgment() - sequence(sndUna));
        final int window = segment.window() << sndWndShift;
        if (acknowledged > sndUna && acknowledged <= sndNxt) {
            sndUna = acknowledged;
            duplicates = 0;
        } else if (acknowledged == sndUna && window == sndWnd && sndNxt > sndUna) {
            duplicates++;
            if (duplicates == DUPLICATES) {
                sndNxt = sndUna;
            }
        }
        sndWnd = window;
    }

    private static int sequence(final long position) {
        return (int) (ISS + 1 + position);
    }

    // ---- Out

    /**
     * Sends as much as the window allows.
     *
     * @return false if the sender has to wait
     */
    private boolean send() throws IOException {
        final TransferRequest current = request;
        if (current == null || finSent) {
            return false;
        }
        for (int i = 0; i < RawFrames.BATCH; i++) {
            final long left = end - sndNxt;
            final int wanted = frames.wanted(sndNxt, left);
            final int usable = (int) Math.min(wanted, sndUna + sndWnd - sndNxt);
            // RFC 9293 3.8.6.2.1: silly windows are avoided; with nothing in flight no larger window would come.
            if (usable <= 0 || usable < wanted && sndNxt > sndUna) {
                return i > 0;
            }
            if (!frames.send(sndNxt, sequence(sndNxt), rcvNxt, usable, usable == left)) {
                return false;
            }
            sndNxt += usable;
        }
        return true;
    }

    private void sendControl(final int flags, final int optionBytes) throws IOException {
        final boolean syn = (flags & TcpHeader.SYN) != 0;
        final PacketBuffer packet = pool.packet(RawFrames.HEADROOM + optionBytes, RawFrames.HEADROOM);
        if (syn) {
            final int at = packet.append(optionBytes);
            final ByteBuffer bytes = packet.memory().bytes();
            TcpOptions.writeMaximumSegmentSize(bytes, at, MSS);
            TcpOptions.writeWindowScale(bytes, at + 4, WINDOW_SHIFT);
        }
        try {
            frames.finish(packet, optionBytes, syn ? ISS : sequence(sndNxt), rcvNxt, flags);
            device.transmit(packet);
        } finally {
            packet.release();
        }
    }
}
