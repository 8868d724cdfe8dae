package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.testing.TestLink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Numbered frames, and ways to pass them through a device. */
final class Frames {

    private final BufferPool pool = new BufferPool();

    /**
     * Sends a frame of {@code length} bytes that starts with {@code number}.
     *
     * @return false if the device was full
     */
    boolean send(final LinkDevice device, final int number, final int length) throws IOException {
        final PacketBuffer frame = pool.packet(length, 0);
        frame.append(length);
        for (int i = 0; i < length; i++) {
            frame.memory().bytes().put(i, (byte) i);
        }
        frame.memory().bytes().putInt(0, number);
        try {
            return device.transmit(frame);
        } finally {
            frame.release();
        }
    }

    /** All frames that have arrived. */
    List<byte[]> receive(final LinkDevice device) throws IOException {
        final List<byte[]> frames = new ArrayList<>();
        for (PacketBuffer frame = device.receive(pool); frame != null; frame = device.receive(pool)) {
            frames.add(frame.toArray());
            frame.release();
        }
        return frames;
    }

    /** The numbers of all frames that have arrived. */
    List<Integer> receiveNumbers(final LinkDevice device) throws IOException {
        return receive(device).stream().map(Frames::number).toList();
    }

    static int number(final byte[] frame) {
        return java.nio.ByteBuffer.wrap(frame).getInt();
    }

    /** A frame for a {@link TestLink}. */
    static byte[] numbered(final int number, final int length) {
        return java.nio.ByteBuffer.allocate(length).putInt(number).array();
    }

    /** True if all memory came back. */
    boolean nothingHeld() {
        return pool.packetsInUse() == 0 && pool.regionsInUse() == 0;
    }

    BufferPool pool() {
        return pool;
    }
}
