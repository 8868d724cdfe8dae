package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments together again (RFC 791 3.2, RFC 1122 3.3.2). Fragments are the classic way to make a stack hold memory or
 * contradict itself, so everything is bounded, and a datagram whose fragments overlap is dropped as a whole (RFC 5722,
 * which says it for IPv6).
 *
 * <p>Confined to whoever runs the stack.
 */
final class Reassembly {

    /** Who wants to know of datagrams that were never completed: for ICMP. */
    @FunctionalInterface
    interface TimeoutListener {
        /** @param first the first fragment, borrowed; its head is at the IP header */
        void timedOut(PacketBuffer first, boolean unicast, long nowNanos);
    }

    /** What makes fragments belong together (RFC 791 3.2). */
    private record Key(int source, int destination, int identification, int protocol) {}

    /** What one sender has here. */
    private static final class Usage {
        int datagrams;
        int bytes;
    }

    private final Map<Key, PartialDatagram> datagrams = new LinkedHashMap<>();
    private final Map<Integer, Usage> usages = new HashMap<>();
    private final ReassemblyLimits limits;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final TimeoutListener listener;
    private final Timer timer;
    private int heldBytes;

    Reassembly(
            final ReassemblyLimits limits,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final TimeoutListener listener) {
        this.limits = limits;
        this.pool = pool;
        this.statistics = statistics;
        this.listener = listener;
        this.timer = new Timer(wheel, this::expire);
    }

    /**
     * Takes a fragment whose head is at its valid IP header.
     *
     * @return the whole datagram, its head at its IP header, if this fragment completes it
     */
    @Nullable
    PacketBuffer add(final PacketBuffer fragment, final boolean unicast, final long nowNanos) {
        final ByteBuffer bytes = fragment.memory().bytes();
        final int header = fragment.head();
        final int headerLength = Ipv4Header.headerLength(bytes, header);
        final int flags = Ipv4Header.fragment(bytes, header);
        final int start = Ipv4Header.fragmentOffset(flags);
        final boolean last = (flags & Ipv4Header.MORE_FRAGMENTS) == 0;
        final int protocol = Ipv4Header.protocol(bytes, header);
        final int length = fragment.contiguousLength() - headerLength;
        if (!isPossible(start, length, last, protocol)) {
            return drop(fragment, DropReason.FRAGMENT_MALFORMED);
        }
        if (pool.underPressure()) {
            return drop(fragment, DropReason.NO_MEMORY);
        }
        final Key key = new Key(
                Ipv4Header.source(bytes, header),
                Ipv4Header.destination(bytes, header),
                Ipv4Header.identification(bytes, header),
                protocol);
        final PartialDatagram datagram = datagram(key, unicast, nowNanos);
        if (datagram == null) {
            return drop(fragment, DropReason.FRAGMENT_LIMIT);
        }
        if (datagram.isPoisoned()) {
            return drop(fragment, DropReason.FRAGMENT_OVERLAP);
        }
        return store(key, datagram, compact(fragment), headerLength, start, last);
    }

    private static boolean isPossible(final int start, final int length, final boolean last, final int protocol) {
        // RFC 791 3.2: all but the last carry a multiple of eight bytes.
        final boolean wellFormed = length > 0 && (last || (length & 7) == 0);
        // The "ping of death": an end that no total length can express.
        final boolean fits = start + length <= Ipv4Header.MAX_TOTAL_LENGTH - Ipv4Header.LENGTH;
        // RFC 1858 3.2.2: a fragment that starts 8 bytes into a TCP header wants to hide flags from a filter.
        final boolean hidesFlags = start == 8 && protocol == IpProtocol.TCP;
        return wellFormed && fits && !hidesFlags;
    }

    private @Nullable PartialDatagram datagram(final Key key, final boolean unicast, final long nowNanos) {
        final PartialDatagram known = datagrams.get(key);
        if (known != null) {
            return known;
        }
        final Usage usage = usages.computeIfAbsent(key.source, source -> new Usage());
        if (usage.datagrams >= limits.maxDatagramsPerSource()) {
            return null;
        }
        final PartialDatagram datagram = new PartialDatagram(nowNanos + limits.timeoutNanos(), unicast);
        datagrams.put(key, datagram);
        usage.datagrams++;
        if (!timer.isArmed()) {
            timer.arm(datagram.expiresAt());
        }
        return datagram;
    }

    private @Nullable PacketBuffer store(
            final Key key,
            final PartialDatagram datagram,
            final PacketBuffer fragment,
            final int headerLength,
            final int start,
            final boolean last) {
        fragment.strip(headerLength);
        final int before = datagram.heldBytes();
        switch (datagram.add(fragment, headerLength, start, last)) {
            case DUPLICATE -> {
                // The network may deliver twice: that is no contradiction.
                fragment.release();
                return null;
            }
            case OVERLAP -> {
                poison(key, datagram);
                return drop(fragment, DropReason.FRAGMENT_OVERLAP);
            }
            case MALFORMED -> {
                poison(key, datagram);
                return drop(fragment, DropReason.FRAGMENT_MALFORMED);
            }
            case STORED -> charge(key, datagram.heldBytes() - before);
        }
        if (datagram.isComplete()) {
            return complete(key, datagram);
        }
        final Usage usage = usages.get(key.source);
        if (datagram.count() >= limits.maxFragments() || (usage != null && usage.bytes > limits.maxBytesPerSource())) {
            discard(key, datagram, DropReason.FRAGMENT_LIMIT);
        }
        makeRoom();
        return null;
    }

    private @Nullable PacketBuffer complete(final Key key, final PartialDatagram datagram) {
        if (datagram.isImpossible()) {
            discard(key, datagram, DropReason.FRAGMENT_MALFORMED);
            return null;
        }
        forget(key, datagram);
        return datagram.assemble(pool);
    }

    /** Moves a small fragment out of a large block, so that what is held is what was sent. */
    private PacketBuffer compact(final PacketBuffer fragment) {
        final int length = fragment.contiguousLength();
        if (fragment.memory().capacity() <= BufferPool.SMALL
                || fragment.memory().capacity() < 2 * length) {
            return fragment;
        }
        final PacketBuffer copy = pool.packet(length, 0);
        fragment.copyTo(0, copy.memory(), copy.append(length), length);
        fragment.release();
        return copy;
    }

    /** While too much is held in all, the datagram that has waited longest goes. */
    private void makeRoom() {
        final Iterator<Map.Entry<Key, PartialDatagram>> oldestFirst =
                datagrams.entrySet().iterator();
        while (heldBytes > limits.maxBytes() && oldestFirst.hasNext()) {
            final Map.Entry<Key, PartialDatagram> oldest = oldestFirst.next();
            oldestFirst.remove();
            uncharge(oldest.getKey(), oldest.getValue());
            statistics.drop(DropReason.FRAGMENT_LIMIT);
            oldest.getValue().release();
        }
    }

    /** The datagram is dead, but stays known until its time is over, so that late fragments do not revive it. */
    private void poison(final Key key, final PartialDatagram datagram) {
        charge(key, -datagram.heldBytes());
        datagram.poison();
    }

    private void discard(final Key key, final PartialDatagram datagram, final DropReason reason) {
        statistics.drop(reason);
        forget(key, datagram);
        datagram.release();
    }

    private void forget(final Key key, final PartialDatagram datagram) {
        datagrams.remove(key);
        uncharge(key, datagram);
    }

    private void charge(final Key key, final int bytes) {
        heldBytes += bytes;
        final Usage usage = usages.get(key.source);
        if (usage != null) {
            usage.bytes += bytes;
        }
    }

    private void uncharge(final Key key, final PartialDatagram datagram) {
        charge(key, -datagram.heldBytes());
        final Usage usage = usages.get(key.source);
        if (usage != null && --usage.datagrams == 0) {
            usages.remove(key.source);
        }
    }

    private void expire(final long nowNanos) {
        final Iterator<Map.Entry<Key, PartialDatagram>> oldestFirst =
                datagrams.entrySet().iterator();
        while (oldestFirst.hasNext()) {
            final Map.Entry<Key, PartialDatagram> entry = oldestFirst.next();
            final PartialDatagram datagram = entry.getValue();
            if (datagram.expiresAt() - nowNanos > 0) {
                timer.arm(datagram.expiresAt());
                return;
            }
            oldestFirst.remove();
            uncharge(entry.getKey(), datagram);
            timeOut(datagram, nowNanos);
        }
    }

    private void timeOut(final PartialDatagram datagram, final long nowNanos) {
        if (!datagram.isPoisoned()) {
            statistics.drop(DropReason.FRAGMENT_TIMEOUT);
        }
        final PacketBuffer first = datagram.first();
        if (first != null) {
            // RFC 1122 3.3.2: a time exceeded message goes out only if fragment zero is there to be quoted.
            first.prepend(datagram.firstHeaderLength());
            listener.timedOut(first, datagram.isUnicast(), nowNanos);
        }
        datagram.release();
    }

    private @Nullable PacketBuffer drop(final PacketBuffer fragment, final DropReason reason) {
        statistics.drop(reason);
        fragment.release();
        return null;
    }

    /** Drops everything. */
    void clear() {
        datagrams.values().forEach(PartialDatagram::release);
        datagrams.clear();
        usages.clear();
        heldBytes = 0;
        timer.cancel();
    }

    /** Memory held, in bytes. */
    int heldBytes() {
        return heldBytes;
    }
}
