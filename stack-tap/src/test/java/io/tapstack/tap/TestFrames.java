package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.nio.ByteBuffer;

/** Frames that cost the host little: no host has their Ethernet address. */
final class TestFrames {

    private static final int HEADROOM = 64;

    private TestFrames() {}

    static PacketBuffer forNobody(final BufferPool pool, final int length) {
        final PacketBuffer frame = pool.packet(HEADROOM + length, HEADROOM);
        final int at = frame.append(length);
        final ByteBuffer bytes = frame.memory().bytes();
        for (int i = at; i < at + length; i++) {
            bytes.put(i, (byte) 0);
        }
        bytes.put(at, (byte) 0x02);
        bytes.put(at + 6, (byte) 0x02);
        // IPv4, version 4 with a header of 20 bytes, TCP with one of 20.
        bytes.putShort(at + 12, (short) 0x0800);
        bytes.put(at + 14, (byte) 0x45);
        bytes.put(at + 23, (byte) 6);
        bytes.put(at + 46, (byte) 0x50);
        return frame;
    }
}
