package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Packets to ourselves, between the bottom of the sending side and the bottom of the receiving side. They wait for the
 * next poll, so that no layer is entered again while it is at work.
 */
final class LoopbackQueue {

    static final int MAX_PACKETS = 1_024;
    static final int MAX_BYTES = 4 << 20;

    private final ArrayDeque<PacketBuffer> packets = new ArrayDeque<>();
    private final BufferPool pool;
    private int bytes;

    LoopbackQueue(final BufferPool pool) {
        this.pool = pool;
    }

    /**
     * Takes a packet that starts with its IP header.
     *
     * @return false if the queue is full; the packet stays the caller's
     */
    boolean offer(final PacketBuffer packet) {
        if (packets.size() >= MAX_PACKETS || bytes + packet.length() > MAX_BYTES) {
            return false;
        }
        final PacketBuffer whole = packet.sliceCount() == 0 ? packet : flatten(packet);
        // The bytes stay in memory unchanged, so a checksum that a device would compute is trusted.
        whole.checksumTrusted(packet.checksumWanted());
        whole.checksumDone();
        whole.gsoSize(0);
        if (whole != packet) {
            packet.release();
        }
        packets.addLast(whole);
        bytes += whole.length();
        return true;
    }

    /** Removes the next packet, which is then the caller's; null if there is none. */
    @Nullable
    PacketBuffer poll() {
        final PacketBuffer packet = packets.pollFirst();
        if (packet != null) {
            bytes -= packet.length();
        }
        return packet;
    }

    int size() {
        return packets.size();
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }

    /** Makes a packet contiguous, as receivers expect. */
    private PacketBuffer flatten(final PacketBuffer packet) {
        final int length = packet.length();
        final PacketBuffer copy = pool.packet(RoutedPath.LINK_HEADROOM + length, RoutedPath.LINK_HEADROOM);
        packet.copyTo(0, copy.memory(), copy.append(length), length);
        return copy;
    }
}
