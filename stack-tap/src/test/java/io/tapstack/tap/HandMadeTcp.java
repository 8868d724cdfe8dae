package io.tapstack.tap;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A minimal TCP at 10.0.0.2 that lets a socket of the host connect, and exchanges super-segments with it. */
final class HandMadeTcp {

    static final int PORT = 80;
    static final int HEADER = 20;
    static final int MSS = 1460;

    private static final int SYN_OPTIONS = 8;
    private static final int OPTION_NO_OPERATION = 1;
    private static final int OPTION_WINDOW_SCALE = 3;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;
    private static final int CHECKSUM_OFFSET = 16;

    private final HostPeer peer;
    private int hostPort;
    private int sndNxt = 1_000_000;
    private int sndUna = sndNxt;
    private int window;
    private int hostWindowShift;
    private int rcvNxt;

    HandMadeTcp(final HostPeer peer) {
        this.peer = peer;
    }

    /** Plays the passive side of the handshake with the host's socket. */
    void accept() throws IOException {
        peer.answerArp();
        final PacketBuffer syn = next();
        final int tcp = syn.head() + HostPeer.ETHERNET + HostPeer.IP;
        hostPort = syn.memory().bytes().getShort(tcp) & 0xFFFF;
        rcvNxt = syn.memory().bytes().getInt(tcp + 4) + 1;
        hostWindowShift = windowScale(syn);
        syn.release();
        final PacketBuffer reply = segment(SYN | ACK, SYN_OPTIONS, 0);
        final int options = reply.tail() - SYN_OPTIONS;
        // MSS, no operation, window scale 7.
        reply.memory().bytes().putInt(options, 0x0204_0000 | MSS);
        reply.memory().bytes().putInt(options + 4, 0x0103_0307);
        finish(reply, SYN_OPTIONS);
        peer.send(reply);
        sndNxt++;
        awaitAck();
    }

    /** The next TCP frame of the host; acknowledges its data if it is in order. The caller releases it. */
    PacketBuffer receive() throws IOException {
        final PacketBuffer frame = next();
        final int tcp = frame.head() + HostPeer.ETHERNET + HostPeer.IP;
        if (frame.memory().bytes().getInt(tcp + 4) == rcvNxt) {
            rcvNxt += payloadLength(frame);
        }
        final PacketBuffer ack = segment(ACK, 0, 0);
        finish(ack, 0);
        peer.send(ack);
        return frame;
    }

    static int payloadOffset(final PacketBuffer frame) {
        final int tcp = frame.head() + HostPeer.ETHERNET + HostPeer.IP;
        return tcp + ((frame.memory().bytes().get(tcp + 12) & 0xF0) >>> 2);
    }

    static int payloadLength(final PacketBuffer frame) {
        return frame.tail() - payloadOffset(frame);
    }

    /** A super-segment over {@code pieces} equal parts of a region, checksum and cutting left to the device. */
    PacketBuffer superSegment(final Region payload, final int offset, final int length, final int pieces) {
        final PacketBuffer frame = segment(ACK, 0, length);
        final int piece = length / pieces;
        for (int i = 0; i < pieces; i++) {
            final int from = i * piece;
            frame.addSlice(payload, offset + from, i == pieces - 1 ? length - from : piece);
        }
        frame.gsoSize(MSS);
        finish(frame, length);
        return frame;
    }

    void send(final PacketBuffer frame, final int payloadLength) throws IOException {
        peer.send(frame);
        sndNxt += payloadLength;
    }

    /** Bytes that fit the host's window. */
    int room() {
        return window - (sndNxt - sndUna);
    }

    /** Takes the host's next segment and looks only at its acknowledgement and window. */
    void awaitAck() throws IOException {
        final PacketBuffer frame = next();
        final int tcp = frame.head() + HostPeer.ETHERNET + HostPeer.IP;
        sndUna = frame.memory().bytes().getInt(tcp + 8);
        window = (frame.memory().bytes().getShort(tcp + 14) & 0xFFFF) << hostWindowShift;
        frame.release();
    }

    private PacketBuffer next() throws IOException {
        return peer.next(frame -> HostPeer.isIp(frame, IpProtocol.TCP) && isOfThisConnection(frame));
    }

    /** Sockets of earlier connections to the same address may still be trying. */
    private boolean isOfThisConnection(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        final int tcp = frame.head() + HostPeer.ETHERNET + HostPeer.IP;
        return hostPort == 0 ? bytes.get(tcp + 13) == SYN : (bytes.getShort(tcp) & 0xFFFF) == hostPort;
    }

    private static int windowScale(final PacketBuffer syn) {
        final ByteBuffer bytes = syn.memory().bytes();
        final int end = payloadOffset(syn);
        int at = syn.head() + HostPeer.ETHERNET + HostPeer.IP + HEADER;
        while (at < end && bytes.get(at) != OPTION_WINDOW_SCALE) {
            at += bytes.get(at) == OPTION_NO_OPERATION ? 1 : bytes.get(at + 1);
        }
        return at < end ? bytes.get(at + 2) : 0;
    }

    private PacketBuffer segment(final int flags, final int optionBytes, final int slicedBytes) {
        final PacketBuffer frame = peer.ip(IpProtocol.TCP, HEADER + optionBytes + slicedBytes, HEADER + optionBytes);
        final ByteBuffer bytes = frame.memory().bytes();
        final int tcp = frame.head() + HostPeer.ETHERNET + HostPeer.IP;
        bytes.putShort(tcp, (short) PORT);
        bytes.putShort(tcp + 2, (short) hostPort);
        bytes.putInt(tcp + 4, sndNxt);
        bytes.putInt(tcp + 8, rcvNxt);
        bytes.putShort(tcp + 12, (short) ((HEADER + optionBytes) << 10 | flags));
        bytes.putShort(tcp + 14, (short) 0xFFFF);
        bytes.putInt(tcp + 16, 0);
        return frame;
    }

    /** Leaves the checksum to the device: the sum of the pseudo-header is in its place. */
    private static void finish(final PacketBuffer frame, final int behindHeader) {
        final int tcp = frame.head() + HostPeer.ETHERNET + HostPeer.IP;
        final long pseudo = InternetChecksum.pseudoHeader(
                        IpAddress.ipv4(HostPeer.SELF), IpAddress.ipv4(HostPeer.HOST), IpProtocol.TCP)
                + HEADER
                + behindHeader;
        frame.memory().bytes().putShort(tcp + CHECKSUM_OFFSET, (short) InternetChecksum.fold(pseudo));
        frame.requestChecksum(tcp, CHECKSUM_OFFSET);
    }
}
