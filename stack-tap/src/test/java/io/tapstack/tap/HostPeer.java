package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.InternetChecksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The other end of a TAP in tests: 10.0.0.2, which talks to the host's 10.0.0.1 in hand-made frames. */
final class HostPeer {

    static final int ETHERNET = 14;
    static final int IP = 20;
    static final int UDP = 8;
    static final int HOST = 0x0A00_0001;
    static final int SELF = 0x0A00_0002;

    private static final long SELF_MAC = 0x0200_0000_0002L;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final TapDevice tap;
    private final BufferPool pool;
    private long hostMac;

    HostPeer(final TapDevice tap, final BufferPool pool) {
        this.tap = tap;
        this.pool = pool;
    }

    /** The next frame of the host that {@code wanted} accepts; all others are ignored. The caller releases it. */
    PacketBuffer next(final Predicate<PacketBuffer> wanted) throws IOException {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            final PacketBuffer frame = tap.receive(pool);
            if (frame == null) {
                tap.await(deadline - System.nanoTime());
            } else if (wanted.test(frame)) {
                return frame;
            } else {
                frame.release();
            }
        }
        throw new AssertionError("the host did not send what was expected");
    }

    /** Waits for the host's ARP request for 10.0.0.2, and answers it. */
    void answerArp() throws IOException {
        final PacketBuffer request = next(frame -> etherType(frame) == 0x0806 && frame.contiguousLength() >= 42);
        final ByteBuffer asked = request.memory().bytes();
        final int at = request.head();
        if (asked.getInt(at + 38) != SELF) {
            throw new AssertionError("asked for another address");
        }
        hostMac = asked.getLong(at + 4) & 0xFFFF_FFFF_FFFFL;
        final PacketBuffer reply = ethernet(42, 0x0806);
        final ByteBuffer bytes = reply.memory().bytes();
        final int arp = reply.head() + ETHERNET;
        bytes.put(arp, asked, at + ETHERNET, 6);
        bytes.putShort(arp + 6, (short) 2);
        putMac(bytes, arp + 8, SELF_MAC);
        bytes.putInt(arp + 14, SELF);
        putMac(bytes, arp + 18, hostMac);
        bytes.putInt(arp + 24, HOST);
        request.release();
        send(reply);
    }

    /** Sets the host's Ethernet address without waiting for a request. */
    void knows(final long host) {
        hostMac = host;
    }

    String receiveUdp(final int port) throws IOException {
        final PacketBuffer frame = next(candidate -> isIp(candidate, 17) && udpPort(candidate) == port);
        final String text = udpText(frame);
        frame.release();
        return text;
    }

    static int udpPort(final PacketBuffer frame) {
        return frame.memory().bytes().getShort(frame.head() + ETHERNET + IP + 2);
    }

    static String udpText(final PacketBuffer frame) {
        final int start = frame.head() + ETHERNET + IP + UDP;
        final byte[] text = new byte[frame.tail() - start];
        frame.memory().bytes().get(start, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    void sendUdp(final int from, final int to, final String text) throws IOException {
        send(udp(from, to, text));
    }

    /**
     * Adds a datagram to the batch.
     *
     * @return false if the device is full
     */
    boolean gather(final int from, final int to, final String text) throws IOException {
        final PacketBuffer frame = udp(from, to, text);
        final boolean taken = tap.transmit(frame);
        frame.release();
        return taken;
    }

    private PacketBuffer udp(final int from, final int to, final String text) {
        final byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        final PacketBuffer frame = ip(17, UDP + payload.length);
        final ByteBuffer bytes = frame.memory().bytes();
        final int udp = frame.head() + ETHERNET + IP;
        bytes.putShort(udp, (short) from);
        bytes.putShort(udp + 2, (short) to);
        bytes.putShort(udp + 4, (short) (UDP + payload.length));
        bytes.putShort(udp + 6, (short) 0);
        bytes.put(udp + UDP, payload);
        return frame;
    }

    /** Sends a frame and releases it. */
    void send(final PacketBuffer frame) throws IOException {
        while (!tap.transmit(frame)) {
            tap.await(PATIENCE_NANOS);
        }
        tap.flush();
        frame.release();
    }

    /** A frame with Ethernet and IPv4 headers, and {@code length} bytes of the packet's content still to be written. */
    PacketBuffer ip(final int protocol, final int length) {
        return ip(protocol, length, length);
    }

    /** The same with only {@code contiguous} of the {@code length} bytes in the packet's own memory. */
    PacketBuffer ip(final int protocol, final int length, final int contiguous) {
        final PacketBuffer frame = ethernet(ETHERNET + IP + contiguous, 0x0800);
        final ByteBuffer bytes = frame.memory().bytes();
        final int ip = frame.head() + ETHERNET;
        bytes.putInt(ip, 0x4500 << 16 | IP + length);
        bytes.putInt(ip + 4, 0x4000);
        bytes.putInt(ip + 8, 64 << 24 | protocol << 16);
        bytes.putInt(ip + 12, SELF);
        bytes.putInt(ip + 16, HOST);
        bytes.putShort(ip + 10, (short) InternetChecksum.finish(InternetChecksum.sum(bytes, ip, IP)));
        return frame;
    }

    static boolean isIp(final PacketBuffer frame, final int protocol) {
        return etherType(frame) == 0x0800 && frame.memory().bytes().get(frame.head() + ETHERNET + 9) == protocol;
    }

    private PacketBuffer ethernet(final int length, final int etherType) {
        final PacketBuffer frame = pool.packet(64 + length, 64);
        final ByteBuffer bytes = frame.memory().bytes();
        final int at = frame.append(length);
        putMac(bytes, at, hostMac);
        putMac(bytes, at + 6, SELF_MAC);
        bytes.putShort(at + 12, (short) etherType);
        return frame;
    }

    private static int etherType(final PacketBuffer frame) {
        return frame.memory().bytes().getShort(frame.head() + 12) & 0xFFFF;
    }

    private static void putMac(final ByteBuffer bytes, final int at, final long mac) {
        bytes.putShort(at, (short) (mac >>> 32));
        bytes.putInt(at + 2, (int) mac);
    }
}
