package io.tapstack.testing;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;

/** Packets as bytes, built without the classes under test. A value that no test depends on is the obvious one. */
public final class Packets {

    public static final int ARP_REQUEST = 1;
    public static final int ARP_REPLY = 2;

    private Packets() {}

    /** An Ethernet frame. */
    public static byte[] ethernet(
            final MacAddress destination, final MacAddress source, final int etherType, final byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length)
                .put(bytes(destination))
                .put(bytes(source))
                .putShort((short) etherType)
                .put(payload)
                .array();
    }

    /** An ARP packet without the Ethernet header. */
    public static byte[] arp(
            final int operation,
            final MacAddress senderMac,
            final IpAddress sender,
            final MacAddress targetMac,
            final IpAddress target) {
        return ByteBuffer.allocate(28)
                .putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation)
                .put(bytes(senderMac))
                .put(sender.toBytes())
                .put(bytes(targetMac))
                .put(target.toBytes())
                .array();
    }

    /** An IPv4 packet without options that is not a fragment. */
    public static byte[] ipv4(
            final IpAddress source, final IpAddress destination, final int protocol, final byte[] payload) {
        return ipv4(source, destination, protocol, 0x1234, 0, new byte[0], payload);
    }

    /**
     * An IPv4 packet.
     *
     * @param fragment flags and offset as in the header
     * @param options a multiple of four bytes
     */
    public static byte[] ipv4(
            final IpAddress source,
            final IpAddress destination,
            final int protocol,
            final int identification,
            final int fragment,
            final byte[] options,
            final byte[] payload) {
        final int headerLength = 20 + options.length;
        final byte[] packet = ByteBuffer.allocate(headerLength + payload.length)
                .put((byte) (0x40 | headerLength / 4))
                .put((byte) 0)
                .putShort((short) (headerLength + payload.length))
                .putShort((short) identification)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source.toBytes())
                .put(destination.toBytes())
                .put(options)
                .put(payload)
                .array();
        return withIpChecksum(packet);
    }

    /** An IPv6 packet without extension headers, or with those that {@code payload} starts with. */
    public static byte[] ipv6(
            final IpAddress source, final IpAddress destination, final int nextHeader, final byte[] payload) {
        return ipv6(source, destination, 0, nextHeader, 64, payload);
    }

    /** An IPv6 packet; its flow label is 0. */
    public static byte[] ipv6(
            final IpAddress source,
            final IpAddress destination,
            final int trafficClass,
            final int nextHeader,
            final int hopLimit,
            final byte[] payload) {
        return ByteBuffer.allocate(40 + payload.length)
                .putInt(6 << 28 | trafficClass << 20)
                .putShort((short) payload.length)
                .put((byte) nextHeader)
                .put((byte) hopLimit)
                .putLong(source.high())
                .putLong(source.low())
                .putLong(destination.high())
                .putLong(destination.low())
                .put(payload)
                .array();
    }

    /** Puts the right header checksum into an IPv4 packet; changes the array. */
    public static byte[] withIpChecksum(final byte[] packet) {
        final ByteBuffer buffer = ByteBuffer.wrap(packet);
        buffer.putShort(10, (short) 0);
        final int headerLength = Math.min((packet[0] & 0xF) * 4, packet.length);
        buffer.putShort(10, (short) checksum(packet, 0, headerLength, 0));
        return packet;
    }

    /** An ICMP message with its checksum. */
    public static byte[] icmp(final int type, final int code, final int secondWord, final byte[] payload) {
        final ByteBuffer message = ByteBuffer.allocate(8 + payload.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(secondWord)
                .put(payload);
        message.putShort(2, (short) checksum(message.array(), 0, message.capacity(), 0));
        return message.array();
    }

    /** An ICMPv6 message with its checksum. */
    public static byte[] icmpv6(
            final IpAddress source,
            final IpAddress destination,
            final int type,
            final int code,
            final int secondWord,
            final byte[] payload) {
        final ByteBuffer message = ByteBuffer.allocate(8 + payload.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putInt(secondWord)
                .put(payload);
        message.putShort(2, (short) transportChecksum(source, destination, 58, message.array()));
        return message.array();
    }

    /** A fragment of an IPv6 packet's payload, with its fragment header: the payload of an IPv6 packet. */
    public static byte[] ipv6Fragment(
            final int nextHeader,
            final int identification,
            final int offset,
            final boolean more,
            final byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) nextHeader)
                .put((byte) 0)
                .putShort((short) (offset | (more ? 1 : 0)))
                .putInt(identification)
                .put(payload)
                .array();
    }

    /** A UDP datagram with its checksum. */
    public static byte[] udp(
            final IpAddress source,
            final int sourcePort,
            final IpAddress destination,
            final int destinationPort,
            final byte[] payload) {
        final ByteBuffer datagram = ByteBuffer.allocate(8 + payload.length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0)
                .put(payload);
        final int checksum = transportChecksum(source, destination, 17, datagram.array());
        datagram.putShort(6, (short) (checksum == 0 ? 0xFFFF : checksum));
        return datagram.array();
    }

    /**
     * A TCP segment with its checksum.
     *
     * @param options a multiple of four bytes, at most 40
     */
    public static byte[] tcp(
            final Endpoint source,
            final Endpoint destination,
            final int sequence,
            final int acknowledgment,
            final int flags,
            final int window,
            final int urgentPointer,
            final byte[] options,
            final byte[] payload) {
        final ByteBuffer segment = ByteBuffer.allocate(20 + options.length + payload.length)
                .putShort((short) source.port())
                .putShort((short) destination.port())
                .putInt(sequence)
                .putInt(acknowledgment)
                .put((byte) ((20 + options.length) << 2))
                .put((byte) flags)
                .putShort((short) window)
                .putShort((short) 0)
                .putShort((short) urgentPointer)
                .put(options)
                .put(payload);
        segment.putShort(16, (short) transportChecksum(source.address(), destination.address(), 6, segment.array()));
        return segment.array();
    }

    /** The checksum of a TCP segment or UDP datagram, over the pseudo-header too; 0 if its own one is right. */
    public static int transportChecksum(
            final IpAddress source, final IpAddress destination, final int protocol, final byte[] bytes) {
        // RFC 9293 3.1 and RFC 8200 8.1: the fields are of other widths, but add up to the same.
        final int addresses = source.toBytes().length;
        final byte[] pseudoHeader = ByteBuffer.allocate(2 * addresses + 8)
                .put(source.toBytes())
                .put(destination.toBytes())
                .putInt(bytes.length)
                .putInt(protocol)
                .array();
        return checksum(bytes, 0, bytes.length, ~checksum(pseudoHeader, 0, pseudoHeader.length, 0) & 0xFFFF);
    }

    /** The Internet checksum as RFC 1071 defines it, word by word. */
    public static int checksum(final byte[] bytes, final int from, final int to, final int initialSum) {
        int sum = initialSum;
        for (int i = from; i < to; i += 2) {
            final int low = i + 1 < to ? bytes[i + 1] & 0xFF : 0;
            sum += (bytes[i] & 0xFF) << 8 | low;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return ~sum & 0xFFFF;
    }

    /** {@code length} bytes that differ from their neighbours. */
    public static byte[] pattern(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }

    private static byte[] bytes(final MacAddress mac) {
        final byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (mac.bits() >>> (40 - 8 * i));
        }
        return bytes;
    }
}
