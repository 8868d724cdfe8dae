package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * Reassembles fragments (RFC 791 3.2, RFC 1122 3.3.2, RFC 8200 4.5). As fragments are a common attack on memory and on
 * filters, everything is bounded ({@link PartialDatagrams}), and a datagram with overlapping fragments is dropped as a
 * whole (RFC 5722, which says it for IPv6), unless a fragment repeats stored bytes exactly.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Reassembly {

    /** Is told of datagrams that were not completed in time: ICMP. */
    @FunctionalInterface
    public interface TimeoutListener {
        /** @param first the first fragment, borrowed; its head is at the IP header */
        void timedOut(PacketBuffer first, boolean unicast, long nowNanos);
    }

    private final FragmentFormat format;
    private final PartialDatagrams datagrams;
    private final ReassemblyLimits limits;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final TimeoutListener listener;
    private final Timer timer;

    public Reassembly(
            final FragmentFormat format,
            final ReassemblyLimits limits,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final TimeoutListener listener) {
        this.format = format;
        this.datagrams = new PartialDatagrams(limits, statistics);
        this.limits = limits;
        this.pool = pool;
        this.statistics = statistics;
        this.listener = listener;
        this.timer = new Timer(wheel, this::expire);
    }

    /**
     * Takes a fragment whose head is at its valid IP header.
     *
     * @param key what the fragments of one datagram have in common
     * @param headerLength bytes in front of the fragment's payload, which is not empty
     * @param start the offset of the payload in that of the datagram, in bytes
     * @param last true if no fragment lies behind this one
     * @param unicast false if it came to a broadcast or multicast address
     * @return the whole datagram, its head at its IP header, if this fragment completes it
     */
    public @Nullable PacketBuffer add(
            final PacketBuffer fragment,
            final ReassemblyKey key,
            final int headerLength,
            final int start,
            final boolean last,
            final boolean unicast,
            final long nowNanos) {
        final PartialDatagram datagram = datagram(key, unicast, nowNanos);
        if (datagram.isPoisoned()) {
            return drop(fragment, datagram.poisonReason());
        }
        return store(datagram, compact(fragment), headerLength, start, last);
    }

    private PartialDatagram datagram(final ReassemblyKey key, final boolean unicast, final long nowNanos) {
        final PartialDatagram known = datagrams.find(key);
        if (known != null) {
            return known;
        }
        final PartialDatagram datagram = new PartialDatagram(format, key, nowNanos + limits.timeoutNanos(), unicast);
        datagrams.add(datagram);
        if (!timer.isArmed()) {
            timer.arm(datagram.expiresAt());
        }
        return datagram;
    }

    private @Nullable PacketBuffer store(
            final PartialDatagram datagram,
            final PacketBuffer fragment,
            final int headerLength,
            final int start,
            final boolean last) {
        fragment.strip(headerLength);
        final int before = datagram.heldBytes();
        switch (datagram.add(fragment, headerLength, start, last)) {
            case REPEATED -> {
                // The network may deliver a packet twice.
                fragment.release();
                return null;
            }
            case OVERLAP -> {
                poison(datagram, DropReason.FRAGMENT_OVERLAP);
                fragment.release();
                return null;
            }
            case MALFORMED -> {
                poison(datagram, DropReason.FRAGMENT_MALFORMED);
                fragment.release();
                return null;
            }
            case STORED -> datagrams.recharge(datagram, before);
        }
        if (datagram.isComplete()) {
            return complete(datagram);
        }
        if (datagram.count() >= limits.maxFragments() || datagram.heldBytes() > limits.maxBytesPerSource()) {
            // No eviction of other datagrams would make room for it.
            poison(datagram, DropReason.FRAGMENT_LIMIT);
        }
        makeRoomFor(datagram);
        return null;
    }

    private @Nullable PacketBuffer complete(final PartialDatagram datagram) {
        datagrams.remove(datagram);
        if (datagram.isImpossible()) {
            statistics.drop(DropReason.FRAGMENT_MALFORMED);
            datagram.release();
            return null;
        }
        return datagram.assemble(pool);
    }

    /** Moves a small fragment out of a large block, so that the memory held is close to the bytes sent. */
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

    private void makeRoomFor(final PartialDatagram datagram) {
        datagrams.makeRoomFor(datagram);
        // Fragments are worth less than the rest of the stack's memory, as most will never be completed.
        boolean evicted = true;
        while (evicted && pool.underPressure()) {
            evicted = datagrams.evictOldest();
        }
    }

    /** Drops the fragments, but keeps the datagram until its time is over, so that late fragments do not revive it. */
    private void poison(final PartialDatagram datagram, final DropReason reason) {
        final int before = datagram.heldBytes();
        statistics.drop(reason);
        datagram.poison(reason);
        datagrams.recharge(datagram, before);
    }

    private void expire(final long nowNanos) {
        while (!datagrams.isEmpty()) {
            // All datagrams live equally long, so the oldest expires first.
            final PartialDatagram oldest = datagrams.oldest();
            if (oldest.expiresAt() - nowNanos > 0) {
                timer.arm(oldest.expiresAt());
                return;
            }
            datagrams.remove(oldest);
            timeOut(oldest, nowNanos);
        }
    }

    private void timeOut(final PartialDatagram datagram, final long nowNanos) {
        if (!datagram.isPoisoned()) {
            statistics.drop(DropReason.FRAGMENT_TIMEOUT);
        }
        final PacketBuffer first = datagram.first();
        if (first != null) {
            // RFC 1122 3.3.2: time exceeded is sent only if fragment zero is there to be quoted.
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
    public void clear() {
        datagrams.clear();
        timer.cancel();
    }

    /** Memory held, in bytes. */
    int heldBytes() {
        return datagrams.heldBytes();
    }
}
