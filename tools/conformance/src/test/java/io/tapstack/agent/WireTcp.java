package io.tapstack.agent;

import java.nio.ByteBuffer;

/** TCP segments over IPv4 in bytes, for a test that is the other end of the agent's link. */
final class WireTcp {

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;
    static final int ECE = 64;
    static final int CWR = 128;
    static final int AE = 256;

    /** A received segment. */
    record Segment(
            int ttl,
            int sourcePort,
            int destinationPort,
            int seq,
            int ack,
            int flags,
            int window,
            byte[] options,
            byte[] payload) {

        boolean has(final int flag) {
            return (flags & flag) != 0;
        }

        /** The value of an option as a number, -1 without the option; 0 for one without a value. */
        long option(final int kind) {
            final ByteBuffer bytes = ByteBuffer.wrap(options);
            while (bytes.hasRemaining()) {
                final int next = bytes.get() & 0xFF;
                if (next <= 1) {
                    continue;
                }
                final int length = bytes.get() - 2;
                long value = 0;
                for (int i = 0; i < length; i++) {
                    value = value << 8 | bytes.get() & 0xFF;
                }
                if (next == kind) {
                    return value;
                }
            }
            return -1;
        }
    }

    private WireTcp() {}

    static Segment parse(final byte... packet) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final int total = bytes.getShort(2) & 0xFFFF;
        if (total != packet.length || bytes.get(0) != 0x45 || bytes.get(9) != 6 || sum(packet, 0, 20, 0) != 0xFFFF) {
            throw new AssertionError(
                    "not a TCP segment in a packet without options: " + java.util.Arrays.toString(packet));
        }
        final int offset = 20 + (bytes.get(32) >>> 4 & 0xF) * 4;
        return new Segment(
                bytes.get(8) & 0xFF,
                bytes.getShort(20) & 0xFFFF,
                bytes.getShort(22) & 0xFFFF,
                bytes.getInt(24),
                bytes.getInt(28),
                bytes.getShort(32) & 0x1FF,
                bytes.getShort(34) & 0xFFFF,
                java.util.Arrays.copyOfRange(packet, 40, offset),
                java.util.Arrays.copyOfRange(packet, offset, total));
    }

    /** A packet from the peer to the stack. */
    static byte[] packet(
            final int sourcePort,
            final int destinationPort,
            final int seq,
            final int ack,
            final int flags,
            final int window,
            final byte[] options,
            final byte... payload) {
        final int header = 20 + options.length;
        final ByteBuffer bytes = ByteBuffer.allocate(20 + header + payload.length);
        bytes.put((byte) 0x45).put((byte) 0).putShort((short) bytes.capacity()).putInt(0x4000);
        bytes.put((byte) 64).put((byte) 6).putShort((short) 0);
        bytes.put(AgentClient.address(AgentFixture.PEER, 0), 2, 4);
        bytes.put(AgentClient.address(AgentFixture.LOCAL, 0), 2, 4);
        bytes.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(seq)
                .putInt(ack);
        bytes.put((byte) (header / 4 << 4))
                .put((byte) flags)
                .putShort((short) window)
                .putInt(0);
        bytes.put(options).put(payload);
        final byte[] packet = bytes.array();
        bytes.putShort(10, (short) ~sum(packet, 0, 20, 0));
        final int pseudo = sum(packet, 12, 8, 6 + header + payload.length);
        bytes.putShort(36, (short) ~sum(packet, 20, header + payload.length, pseudo));
        return packet;
    }

    private static int sum(final byte[] bytes, final int from, final int length, final int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            sum += (bytes[from + i] & 0xFF) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
