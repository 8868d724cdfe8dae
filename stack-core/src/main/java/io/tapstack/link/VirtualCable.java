package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.EthernetHeader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A cable in memory with a device at each end. Frames arrive as soon as they are sent; an {@link ImpairedLink} around
 * an end adds delay and loss. An end with offload acts as a network card: it computes checksums and cuts super-segments
 * before the frames are on the wire, so that the whole offload path runs without hardware.
 *
 * <p>The ends enforce the contract of the device: a frame that is too large, or that asks for an offload that the end
 * does not have, is an {@link IllegalArgumentException}.
 *
 * <p>Both ends are used by one thread at a time, and a second one that comes in meanwhile gets an
 * {@link IllegalStateException}. For stacks with threads of their own there is {@code io.tapstack.network}'s
 * {@code MemoryNetwork}.
 */
public final class VirtualCable {

    private static final int HEADROOM = 32;

    private final BufferPool wire = new BufferPool();
    private final SegmentCutter cutter;
    private final boolean local;
    private final int capacityFrames;
    private final End left;
    private final End right;

    // A thread moves a frame now.
    private final AtomicBoolean inUse = new AtomicBoolean();

    /**
     * A cable between two network cards.
     *
     * @param left capabilities of the left end
     * @param right capabilities of the right end; type and MTU are equal
     * @param capacityFrames frames on their way to an end from which on the other end is full
     */
    public VirtualCable(final LinkCapabilities left, final LinkCapabilities right, final int capacityFrames) {
        this(left, right, capacityFrames, false);
    }

    /**
     * A cable that never leaves the machine, like a TAP or a veth pair: super-segments pass whole, and checksums that
     * the sender left to its end are not computed but vouched for, if the receiving end has a trusted checksum.
     */
    public static VirtualCable local(final LinkCapabilities both, final int capacityFrames) {
        return new VirtualCable(both, both, capacityFrames, true);
    }

    private VirtualCable(
            final LinkCapabilities left, final LinkCapabilities right, final int capacityFrames, final boolean local) {
        if (left.type() != right.type() || left.mtu() != right.mtu()) {
            throw new IllegalArgumentException("the ends differ in type or MTU: " + left + ", " + right);
        }
        this.capacityFrames = capacityFrames;
        this.local = local;
        this.cutter = new SegmentCutter(left.type());
        this.left = new End("left", left);
        this.right = new End("right", right);
    }

    public LinkDevice left() {
        return left;
    }

    public LinkDevice right() {
        return right;
    }

    private final class End implements SimulatedLink {

        private final String name;
        private final LinkCapabilities capabilities;
        private final int largestFrame;
        private final int largestSuperFrame;
        private final ArrayDeque<PacketBuffer> arrived = new ArrayDeque<>();
        private boolean refused;
        private boolean closed;
        private long now;

        End(final String name, final LinkCapabilities capabilities) {
            this.name = name;
            this.capabilities = capabilities;
            final int linkHeader = capabilities.type() == LinkType.ETHERNET ? EthernetHeader.LENGTH : 0;
            this.largestFrame = linkHeader + capabilities.mtu();
            this.largestSuperFrame = linkHeader + capabilities.maxSegmentOffload();
        }

        @Override
        public LinkCapabilities capabilities() {
            return capabilities;
        }

        @Override
        public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
            requireOpen();
            enter();
            try {
                final PacketBuffer frame = arrived.poll();
                return frame == null ? null : frame.moveTo(pool, HEADROOM);
            } finally {
                inUse.set(false);
            }
        }

        @Override
        public boolean transmit(final PacketBuffer frame) throws IOException {
            requireOpen();
            requireContract(frame);
            enter();
            try {
                final End peer = peer();
                refused = peer.arrived.size() >= capacityFrames;
                if (refused) {
                    return false;
                }
                if (!peer.closed) {
                    put(frame.copy(wire, 0), peer);
                }
                return true;
            } finally {
                inUse.set(false);
            }
        }

        private void enter() {
            if (!inUse.compareAndSet(false, true)) {
                throw new IllegalStateException("two threads use a VirtualCable at once, which has no lock:"
                        + " between threads use MemoryNetwork (io.tapstack.network)");
            }
        }

        private void put(final PacketBuffer frame, final End peer) {
            // A checksum that this end computed, or that never saw a wire, can be trusted.
            final boolean trusted = frame.checksumWanted() && peer.capabilities.rxChecksumTrusted();
            if (frame.gsoSize() > 0 && !local) {
                frame.checksumTrusted(trusted);
                cutter.cut(frame, wire, peer.arrived);
                frame.release();
                return;
            }
            if (frame.checksumWanted() && !(local && trusted)) {
                LinkPort.finishChecksum(frame);
            }
            frame.checksumDone();
            frame.checksumTrusted(trusted);
            peer.arrived.add(frame);
        }

        private void requireContract(final PacketBuffer frame) {
            final boolean cuts = frame.gsoSize() > 0;
            final int largest = cuts ? largestSuperFrame : largestFrame;
            if (frame.length() > largest) {
                throw new IllegalArgumentException("a frame of " + frame.length() + " bytes is larger than " + largest);
            }
            if (frame.checksumWanted() && !capabilities.txChecksum() || cuts && !frame.checksumWanted()) {
                throw new IllegalArgumentException("a frame asks for an offload that the end does not have");
            }
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new IOException("the " + name + " end is closed");
            }
        }

        private End peer() {
            return this == left ? right : left;
        }

        @Override
        public long nextEvent() {
            final boolean roomAgain = refused && peer().arrived.size() < capacityFrames;
            return roomAgain || !arrived.isEmpty() ? now : Long.MAX_VALUE;
        }

        @Override
        public void advance(final long nowNanos) {
            now = nowNanos;
            if (peer().arrived.size() < capacityFrames) {
                refused = false;
            }
        }

        /** Frames sent to this end from now on are lost. */
        @Override
        public void close() {
            closed = true;
            while (!arrived.isEmpty()) {
                arrived.remove().release();
            }
        }

        @Override
        public String toString() {
            return "the " + name + " end of a VirtualCable";
        }
    }
}
