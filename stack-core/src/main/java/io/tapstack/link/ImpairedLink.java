package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a device worse: frames are lost, duplicated, damaged, reordered, marked and delayed, in each direction by its
 * {@link Impairment}. Two runs with equal seeds, frames and times are equal. Lost frames are counted as
 * {@link io.tapstack.event.DropReason#LINK_IMPAIRED}.
 *
 * <p>Works under virtual time, and in real time around a device such as a TAP. Delayed frames are held in memory of a
 * pool: sent ones in the link's own, received ones in the stack's. Each direction holds up to 64 MiB and loses further
 * frames.
 *
 * <p><b>Offload.</b> The link advertises none, even around a device that has some, so that every loss hits one segment
 * of the MSS. Received super-segments are not cut, however: to lose single segments in that direction too, open the
 * device without offload. With {@link #keepingOffload} super-segments pass, and are lost, as a whole; damage to a
 * packet whose checksum is still to be computed goes unnoticed.
 *
 * <p>Confined to the holder of the stack's lock, but for {@link #wakeup()} and {@link #await}.
 */
public final class ImpairedLink extends ForwardingLink {

    /** Most frames taken from the device at a time. */
    private static final int BURST = 64;

    /** Free bytes in front of a held frame, for the header of a device. */
    private static final int HEADROOM = 32;

    private final LinkCapabilities capabilities;
    private final ImpairedPath sending;
    private final ImpairedPath receiving;
    private final BufferPool sendingPool = new BufferPool();
    private boolean full;
    private long now;

    /**
     * Creates a link that is impaired and advertises no offload.
     *
     * @param device closed with this one
     * @param sending impairment of the frames that the stack sends
     * @param receiving impairment of the frames that the device receives
     * @param seed of the random numbers
     */
    public ImpairedLink(
            final LinkDevice device, final Impairment sending, final Impairment receiving, final long seed) {
        this(
                device,
                LinkCapabilities.plain(
                        device.capabilities().type(), device.capabilities().mtu()),
                sending,
                receiving,
                new SplittableRandom(seed));
    }

    /** Creates a link with the offload of its device. A super-segment is lost or passed as a whole. */
    public static ImpairedLink keepingOffload(
            final LinkDevice device, final Impairment sending, final Impairment receiving, final long seed) {
        return new ImpairedLink(device, device.capabilities(), sending, receiving, new SplittableRandom(seed));
    }

    private ImpairedLink(
            final LinkDevice device,
            final LinkCapabilities capabilities,
            final Impairment sending,
            final Impairment receiving,
            final SplittableRandom random) {
        super(device);
        this.capabilities = capabilities;
        // One generator per direction, so that sent frames have no influence on the fate of received ones.
        final RandomGenerator receivingRandom = random.split();
        this.sending = new ImpairedPath(sending, capabilities.type(), random);
        this.receiving = new ImpairedPath(receiving, capabilities.type(), receivingRandom);
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public void reportTo(final StackStatistics statistics) {
        sending.reportTo(statistics);
        receiving.reportTo(statistics);
        device.reportTo(statistics);
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        passOn();
        PacketBuffer arrived = receiving.firstArrived();
        for (int taken = 0; arrived == null && taken < BURST; taken++) {
            final PacketBuffer frame = device.receive(pool);
            if (frame == null) {
                break;
            }
            receiving.offer(frame, pool);
            receiving.advance(now);
            arrived = receiving.firstArrived();
        }
        return arrived == null ? null : receiving.removeFirst();
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        if (full && !passOn()) {
            return false;
        }
        sending.offer(frame.copy(sendingPool, HEADROOM), sendingPool);
        passOn();
        return true;
    }

    /**
     * Gives the device the frames that have passed.
     *
     * @return false if the device is full
     */
    private boolean passOn() throws IOException {
        for (PacketBuffer frame = sending.firstArrived(); frame != null; frame = sending.firstArrived()) {
            if (!device.transmit(frame)) {
                full = true;
                return false;
            }
            sending.removeFirst().release();
        }
        full = false;
        return true;
    }

    @Override
    public long nextEvent() {
        // A full device reports itself when it has room.
        final long nextSent = full ? Long.MAX_VALUE : sending.nextEvent();
        return earlier(device.nextEvent(), earlier(nextSent, receiving.nextEvent()));
    }

    @Override
    public void advance(final long nowNanos) {
        now = nowNanos;
        device.advance(nowNanos);
        sending.advance(nowNanos);
        receiving.advance(nowNanos);
    }

    @Override
    public void await(final long timeoutNanos) throws IOException {
        // Another thread may hold the lock now and change the next event. A value that is too early does no harm; for
        // one that is too late the driver is woken.
        final long next = nextEvent();
        device.await(next == Long.MAX_VALUE ? timeoutNanos : Math.min(timeoutNanos, next - now));
    }

    /** Closes the device too. Delayed frames are dropped. */
    @Override
    public void close() {
        device.close();
        sending.clear();
        receiving.clear();
    }

    private static long earlier(final long time, final long other) {
        if (time == Long.MAX_VALUE) {
            return other;
        }
        return other == Long.MAX_VALUE || time - other < 0 ? time : other;
    }

    @Override
    public String toString() {
        return "impaired " + device;
    }
}
