package io.tapstack.fuzz;

import io.tapstack.simulation.Pattern;
import io.tapstack.testing.Packets;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import java.io.ByteArrayOutputStream;

/**
 * The other end of one 4-tuple: a small TCP that answers well enough for connections to proceed, and that records all
 * its segments. Each of its bytes follows from the sequence number, even in a made-up segment, so that the bytes read
 * by the stack's application can be checked.
 */
public final class ModelPeer {

    private static final Pattern STREAM = new Pattern(1);
    private static final int FAST_OPEN = 34;
    private static final byte[] COOKIE = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final int LARGEST_GAP = 1 << 20;

    public final Endpoint endpoint;
    public final Endpoint stack;

    // Our direction: all bytes ever sent, of this and earlier connections.
    private final SequenceSet sent = new SequenceSet();
    private final SequenceSet fins = new SequenceSet();
    public int sndNxt;
    private int synAt;

    // The stack's direction, as far as the network has delivered it.
    private SequenceSet received = new SequenceSet();
    public int rcvNxt;
    private boolean synSeen;
    private boolean answered;
    private int lastTimestamp;
    private byte[] cookie = {};

    // Our announcements.
    public int mss = 1_460;
    public int windowShift = -1;
    public boolean timestamps;
    public boolean sack;
    public boolean ecn;
    /** True if SYNs ask for a Fast Open cookie, or carry the received one, and SYN-ACKs give one (RFC 7413). */
    public boolean fastOpen;

    public int window = 65_535;
    /** The lost ones of the next eight segments of the stack. */
    public int lossMask;

    private int seen;

    public ModelPeer(final Endpoint endpoint, final Endpoint stack) {
        this.endpoint = endpoint;
        this.stack = stack;
    }

    // ---- Sending

    /** Starts anew, with the SYN at {@code iss}. */
    public void begin(final int iss) {
        synAt = iss;
        sndNxt = iss;
        answered = false;
    }

    /** An IP packet for the stack; its payload follows from its sequence numbers. */
    byte[] segment(
            final int flags,
            final int seq,
            final int ack,
            final int announced,
            final int urgentPointer,
            final byte[] options,
            final int length) {
        final byte[] payload = new byte[length];
        final int first = seq + ((flags & TcpHeader.SYN) != 0 ? 1 : 0);
        for (int i = 0; i < length; i++) {
            payload[i] = byteAt(first + i);
        }
        sent.add(first, length);
        if ((flags & TcpHeader.FIN) != 0) {
            fins.add(first + length, 1);
        }
        final byte[] segment =
                Packets.tcp(endpoint, stack, seq, ack, flags, announced, urgentPointer, options, payload);
        return endpoint.address().isIpv4()
                ? Packets.ipv4(endpoint.address(), stack.address(), IpProtocol.TCP, segment)
                : Packets.ipv6(endpoint.address(), stack.address(), IpProtocol.TCP, segment);
    }

    /** The next segment of a well-behaved peer, with the sequence numbers behind the last. */
    public byte[] next(final int flags, final int length, final long nowNanos) {
        final byte[] packet = again(flags, sndNxt, length, nowNanos);
        sndNxt += length + Integer.bitCount(flags & (TcpHeader.SYN | TcpHeader.FIN));
        return packet;
    }

    /** A segment of a well-behaved peer somewhere in its stream. */
    public byte[] again(final int flags, final int seq, final int length, final long nowNanos) {
        final int ack = (flags & TcpHeader.ACK) != 0 ? rcvNxt : 0;
        final byte[] options = (flags & TcpHeader.SYN) != 0 ? synOptions(flags, nowNanos) : options(nowNanos);
        return segment(flags, seq, ack, window, 0, options, length);
    }

    /** Our clock of RFC 7323. */
    static int clock(final long nowNanos) {
        return (int) (nowNanos / 1_000_000) + 77_000;
    }

    private byte[] synOptions(final int flags, final long nowNanos) {
        final ByteArrayOutputStream options = new ByteArrayOutputStream();
        options.writeBytes(new byte[] {2, 4, (byte) (mss >> 8), (byte) mss});
        if (sack) {
            options.writeBytes(new byte[] {1, 1, 4, 2});
        }
        if (windowShift >= 0) {
            options.writeBytes(new byte[] {1, 3, 3, (byte) windowShift});
        }
        if (timestamps) {
            timestampsOption(options, nowNanos);
        }
        if (fastOpen) {
            final byte[] given = (flags & TcpHeader.ACK) != 0 ? COOKIE : cookie;
            options.writeBytes(new byte[] {1, 1, FAST_OPEN, (byte) (2 + given.length)});
            options.writeBytes(given);
        }
        return options.toByteArray();
    }

    private byte[] options(final long nowNanos) {
        final ByteArrayOutputStream options = new ByteArrayOutputStream();
        if (timestamps) {
            timestampsOption(options, nowNanos);
        }
        if (sack) {
            final int[] block = received.rangeAfter(rcvNxt, LARGEST_GAP);
            if (block.length > 0) {
                options.writeBytes(new byte[] {1, 1, 5, 10});
                number(options, block[0]);
                number(options, block[0] + block[1]);
            }
        }
        return options.toByteArray();
    }

    private void timestampsOption(final ByteArrayOutputStream options, final long nowNanos) {
        options.writeBytes(new byte[] {1, 1, 8, 10});
        number(options, clock(nowNanos));
        number(options, lastTimestamp);
    }

    static void number(final ByteArrayOutputStream options, final int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            options.write(value >>> shift);
        }
    }

    int lastTimestamp() {
        return lastTimestamp;
    }

    // ---- Receiving

    /** Receives a segment of the stack, unless the network loses it. */
    public void heard(final CapturedSegment segment) {
        final boolean lost = (lossMask >>> (seen++ & 7) & 1) != 0;
        if (lost || segment.has(TcpHeader.RST)) {
            return;
        }
        if (segment.has(TcpHeader.SYN)) {
            received = new SequenceSet();
            rcvNxt = segment.seq();
            synSeen = true;
            // It may leave data of our SYN for later.
            answered = segment.has(TcpHeader.ACK) && segment.ack() - synAt > 0 && sndNxt - segment.ack() >= 0;
            if (segment.has(TcpHeader.ACK) && segment.cookie().length > 0) {
                cookie = segment.cookie();
            }
        }
        if (!synSeen) {
            return;
        }
        if (segment.timestamp() != 0) {
            lastTimestamp = segment.timestamp();
        }
        final int length = segment.payload().length + (segment.has(TcpHeader.FIN) ? 1 : 0);
        received.add(segment.seq(), length);
        rcvNxt += received.lengthFrom(rcvNxt, LARGEST_GAP);
    }

    // ---- For the checks

    static byte byteAt(final int sequence) {
        return STREAM.at(Integer.toUnsignedLong(sequence));
    }

    boolean hasSent(final int from, final int length) {
        return sent.covers(from, length);
    }

    boolean hasSentFin(final int sequence) {
        return fins.covers(sequence, 1);
    }

    /** True once after a SYN-ACK that answers our last SYN: its ACK is due. */
    public boolean takeAnswer() {
        final boolean taken = answered;
        answered = false;
        return taken;
    }
}
