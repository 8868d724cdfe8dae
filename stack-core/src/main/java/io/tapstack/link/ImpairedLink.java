package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A device made worse: frames are lost, doubled, damaged, reordered, marked and delayed on their way, in each direction
 * as its {@link Impairment} says. Two runs with equal seeds, frames and times are equal. Lost frames are counted as
 * {@link io.tapstack.event.DropReason#LINK_IMPAIRED}.
 *
 * <p>Works under virtual time, and in real time around a device such as a TAP. Frames on their way are held in memory
 * of a pool: those that are sent in one of the link's own, those that are received in the stack's. Up to 64 MiB a
 * direction are held; what comes while so much is on its way is lost.
 *
 * <p><b>Offload.</b> The link advertises none, even if the device around which it is built has some, so that every loss
 * hits one segment of the size of the MSS. What the device receives is not cut, however: for loss of single segments in
 * that direction too, open the device itself without offload. {@link #keepingOffload} is for those who want
 * super-segments to pass, and be lost, as a whole; damage to a packet whose checksum is still to be computed goes
 * unnoticed.
 *
 * <p>Confined to whoever runs the stack, but for {@link #wakeup()} and {@link #await}.
 */
public final class ImpairedLink extends ForwardingLink {

    /** Most frames taken from the device at a time. */
    private static final int BURST = 64;

    /** In front of a held frame, for what a device wants to put there. */
    private static final int HEADROOM = 32;

    private final LinkCapabilities capabilities;
    private final ImpairedPath sending;
    private final ImpairedPath receiving;
    private final BufferPool sendingPool = new BufferPool();
    private boolean full;
    private long now;

    /**
     * A link that is impaired and advertises no offload.
     *
     * @param device closed with this one
     * @param sending what happens to frames that the stack sends
     * @param receiving what happens to frames that the device receives
     * @param seed what chance begins with
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

    /** A link that takes over from the stack what its device does. A super-segment shares one fate. */
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
        // A generator for each, so that what is sent has no influence on what befalls the frames received.
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

    /** Gives the device what has come through. @return false if the device is full */
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
        // A full device says itself when it has room.
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
        // Whoever is inside the stack now may change what comes next; what is read here is then too early, which does
        // no harm, or too late, and the driver is woken up.
        final long next = nextEvent();
        device.await(next == Long.MAX_VALUE ? timeoutNanos : Math.min(timeoutNanos, next - now));
    }

    /** Closes the device too. Frames on their way are forgotten. */
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
