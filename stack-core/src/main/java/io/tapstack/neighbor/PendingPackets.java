package io.tapstack.neighbor;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Packets that wait for one neighbour's address (RFC 1122 2.3.2.2: at least the latest one SHOULD be saved). The oldest
 * are dropped when there are too many.
 */
final class PendingPackets {

    private final ArrayDeque<PacketBuffer> packets = new ArrayDeque<>(4);
    private final int maxPackets;
    private final int maxBytes;
    private final StackStatistics statistics;
    private int bytes;

    PendingPackets(final int maxPackets, final int maxBytes, final StackStatistics statistics) {
        this.maxPackets = maxPackets;
        this.maxBytes = maxBytes;
        this.statistics = statistics;
    }

    void add(final PacketBuffer packet) {
        packets.addLast(packet);
        bytes += packet.length();
        while (packets.size() > maxPackets || (bytes > maxBytes && packets.size() > 1)) {
            drop(DropReason.NEIGHBOR_QUEUE_FULL);
        }
    }

    /** Removes the oldest packet, which is then the caller's; null if there is none. */
    @Nullable
    PacketBuffer poll() {
        final PacketBuffer packet = packets.pollFirst();
        if (packet != null) {
            bytes -= packet.length();
        }
        return packet;
    }

    /** The oldest packet, which stays in the queue; null if there is none. */
    @Nullable
    PacketBuffer peek() {
        return packets.peekFirst();
    }

    void dropAll(final DropReason reason) {
        while (!packets.isEmpty()) {
            drop(reason);
        }
    }

    private void drop(final DropReason reason) {
        final PacketBuffer oldest = poll();
        if (oldest != null) {
            statistics.drop(reason);
            oldest.release();
        }
    }

    int size() {
        return packets.size();
    }

    boolean isEmpty() {
        return packets.isEmpty();
    }
}
