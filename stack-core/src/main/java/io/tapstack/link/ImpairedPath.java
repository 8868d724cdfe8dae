package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an impaired link: decides the fate of each frame, and holds it until it is due. A part of
 * {@link ImpairedLink}, and of devices elsewhere.
 *
 * <p>Frames are offered without the time, because a device is not told the time with every frame: an application may
 * send long after the last poll. So a frame to be delayed waits for the next {@link #advance}, which is requested at
 * once, and its delay counts from there.
 *
 * <p>Times are in nanoseconds of one clock, which the caller chooses. Confined to one thread at a time.
 */
public final class ImpairedPath {

    /** Most memory of delayed frames: half a second of a gigabit link. */
    private static final int MAX_HELD_BYTES = 64 << 20;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Impairment.Mishaps mishaps;
    private Impairment.Latency latency;
    private Impairment.Bottleneck bottleneck;
    private boolean takesTime;
    private final CongestionMarker marker;
    private final RandomGenerator random;
    private final ArrayDeque<PacketBuffer> entering = new ArrayDeque<>();
    private final HeldFrames held = new HeldFrames();
    private StackStatistics statistics = new StackStatistics();
    private int heldBytes;
    private boolean started;
    private long now;
    private long lineFreeAt;
    private long lastDue;

    /**
     * A path with nothing on it.
     *
     * @param type tells where the IP header is, for congestion marks
     * @param random decides about each frame; no other user draws from it if runs are to be repeated
     */
    public ImpairedPath(final Impairment impairment, final LinkType type, final RandomGenerator random) {
        this.mishaps = impairment.mishaps();
        this.latency = impairment.latency();
        this.bottleneck = impairment.bottleneck();
        this.takesTime = impairment.takesTime();
        this.marker = new CongestionMarker(type);
        this.random = random;
    }

    /**
     * Impairs frames that are offered from now on as {@code impairment} says. Those on their way stay due when they
     * are, and those behind them do not overtake.
     */
    public void impairment(final Impairment impairment) {
        mishaps = impairment.mishaps();
        latency = impairment.latency();
        bottleneck = impairment.bottleneck();
        takesTime = impairment.takesTime();
        lineFreeAt = now;
    }

    /** Counts lost frames in {@code newStatistics}, as {@link DropReason#LINK_IMPAIRED}. */
    public void reportTo(final StackStatistics newStatistics) {
        this.statistics = newStatistics;
    }

    /**
     * Takes a frame, which is contiguous, and owns it from now on.
     *
     * @param pool for the memory of a duplicate
     */
    public void offer(final PacketBuffer frame, final BufferPool pool) {
        if (happens(mishaps.loss())) {
            lose(frame);
            return;
        }
        if (happens(mishaps.duplication())) {
            enter(frame.copy(pool, frame.head()));
        }
        enter(frame);
    }

    /** Sets the time: the frames offered since the last call start their delay. */
    public void advance(final long nowNanos) {
        if (!started) {
            started = true;
            lineFreeAt = nowNanos;
            lastDue = nowNanos;
        }
        now = nowNanos;
        while (!entering.isEmpty()) {
            depart(entering.remove());
        }
    }

    /** The next frame that has arrived, which stays in the path, or null. */
    public @Nullable PacketBuffer firstArrived() {
        return held.isEmpty() || held.nextDue() - now > 0 ? null : held.first();
    }

    /** Removes the frame that {@link #firstArrived()} returned. */
    public PacketBuffer removeFirst() {
        final PacketBuffer frame = held.removeFirst();
        heldBytes -= frame.memory().capacity();
        return frame;
    }

    /** The time of the next event, or {@link Long#MAX_VALUE}. */
    public long nextEvent() {
        return entering.isEmpty() ? held.nextDue() : now;
    }

    /** Memory of all frames in the path, in bytes: their blocks, not their lengths. */
    public int heldBytes() {
        return heldBytes;
    }

    /** Releases all frames. */
    public void clear() {
        while (!entering.isEmpty()) {
            entering.remove().release();
        }
        while (!held.isEmpty()) {
            held.removeFirst().release();
        }
        heldBytes = 0;
    }

    private void enter(final PacketBuffer frame) {
        if (happens(mishaps.corruption())) {
            if (frame.gsoSize() > 0 && frame.checksumWanted()) {
                // The device would compute checksums that are right for the damaged bytes.
                lose(frame);
                return;
            }
            invertOneBit(frame);
        }
        final int bytes = frame.memory().capacity();
        if (heldBytes + bytes > MAX_HELD_BYTES) {
            lose(frame);
            return;
        }
        heldBytes += bytes;
        if (takesTime || !entering.isEmpty() || started && lastDue - now > 0) {
            entering.add(frame);
        } else {
            held.add(frame, now);
        }
    }

    private void depart(final PacketBuffer frame) {
        long due = now + latency.delayNanos();
        if (bottleneck.bytesPerSecond() > 0) {
            final long wait = Math.max(0, lineFreeAt - now);
            if (wait > transmissionNanos(bottleneck.queueBytes())) {
                heldBytes -= frame.memory().capacity();
                lose(frame);
                return;
            }
            if (bottleneck.markingBytes() > 0 && wait > transmissionNanos(bottleneck.markingBytes())) {
                marker.mark(frame);
            }
            lineFreeAt = now + wait + transmissionNanos(frame.length());
            due += lineFreeAt - now;
        }
        if (latency.jitterNanos() > 0) {
            due += random.nextLong(latency.jitterNanos() + 1);
        }
        if (happens(latency.reordering())) {
            due += latency.reorderNanos();
        } else {
            due = due - lastDue < 0 ? lastDue : due;
            lastDue = due;
        }
        held.add(frame, due);
    }

    private long transmissionNanos(final long bytes) {
        return bytes * NANOS_PER_SECOND / bottleneck.bytesPerSecond();
    }

    private void invertOneBit(final PacketBuffer frame) {
        if (frame.contiguousLength() == 0) {
            return;
        }
        if (frame.checksumWanted()) {
            LinkPort.finishChecksum(frame);
        }
        final int bit = random.nextInt(frame.contiguousLength() * 8);
        final int at = frame.head() + bit / 8;
        final byte damaged = (byte) (frame.memory().bytes().get(at) ^ 1 << bit % 8);
        frame.memory().bytes().put(at, damaged);
        // The checksum was trusted before the damage.
        frame.checksumTrusted(false);
    }

    private boolean happens(final double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private void lose(final PacketBuffer frame) {
        statistics.drop(DropReason.LINK_IMPAIRED);
        frame.release();
    }
}
