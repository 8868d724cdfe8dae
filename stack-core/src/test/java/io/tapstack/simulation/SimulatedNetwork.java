package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.PcapngWriter;
import io.tapstack.link.VirtualCable;
import io.tapstack.wire.IpAddress;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Two hosts, 10.0.0.1 and 10.0.0.2, or of the same numbers in 2001:db8::/64, on a cable, in virtual time. Its user
 * polls, lets the applications act, and moves to the next event:
 *
 * <pre>{@code
 * while (!finished) {
 *     network.poll();
 *     ... the applications ...
 *     network.moveOn(nextEventOfTheApplications);
 * }
 * }</pre>
 *
 * Equal plans and seeds make equal runs. On each side there are, from top to bottom:
 *
 * <pre>
 *   NetworkStack
 *   WitnessedLink     objects to what TCP must not send
 *   CapturedLink      if a capture is wanted
 *   ImpairedLink
 *   VirtualCable
 * </pre>
 */
public final class SimulatedNetwork {

    /** True in the run over IPv6: with {@code -Dtapstack.trace.family=6}. */
    static final boolean IPV6 = Integer.getInteger("tapstack.trace.family", 4) == 6;

    /** A time that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    /** For frames that pass only the cable and its impairments. */
    static final UnaryOperator<LinkDevice> NOTHING = end -> end;

    private static final long HOUR = 3_600_000_000_000L;

    private final long start;
    private final SimulatedHost left;
    private final SimulatedHost right;
    private long now;

    /** A network without a capture and with the usual memory. */
    public SimulatedNetwork(final CablePlan plan, final long seed) {
        this(plan, BufferPool.DEFAULT_LIMIT_BYTES, seed, null);
    }

    /**
     * @param memoryLimitBytes of each stack
     * @param seed of all random numbers
     * @param capture gets an interface for each host, or null
     */
    public SimulatedNetwork(
            final CablePlan plan, final long memoryLimitBytes, final long seed, final @Nullable PcapngWriter capture) {
        this(plan, memoryLimitBytes, seed, capture, NOTHING);
    }

    /** @param between decorators of each end, next to the impairments */
    SimulatedNetwork(
            final CablePlan plan,
            final long memoryLimitBytes,
            final long seed,
            final @Nullable PcapngWriter capture,
            final UnaryOperator<LinkDevice> between) {
        final SplittableRandom random = new SplittableRandom(seed);
        // A stack must work with any start of time.
        this.start = random.nextLong(-HOUR, HOUR);
        this.now = start;
        final VirtualCable cable = plan.build();
        final boolean early = plan.impairedAtSender();
        final LinkDevice leftEnd = impaired(cable.left(), early, plan.toRight(), plan.toLeft(), random.nextLong());
        final LinkDevice rightEnd = impaired(cable.right(), early, plan.toLeft(), plan.toRight(), random.nextLong());
        this.left = host(
                "left",
                IPV6 ? "2001:db8::1" : "10.0.0.1",
                between.apply(leftEnd),
                memoryLimitBytes,
                capture,
                random.split());
        this.right = host(
                "right",
                IPV6 ? "2001:db8::2" : "10.0.0.2",
                between.apply(rightEnd),
                memoryLimitBytes,
                capture,
                random.split());
    }

    public SimulatedHost left() {
        return left;
    }

    public SimulatedHost right() {
        return right;
    }

    /** The time, which may be negative. */
    public long now() {
        return now;
    }

    /** Time since the start. */
    public long elapsedNanos() {
        return now - start;
    }

    /** Polls both stacks. */
    public void poll() {
        left.poll(now);
        right.poll(now);
    }

    /**
     * Moves time to the next event in the network, or to {@code otherEvent} if that is earlier. There may be more to do
     * at the same time.
     *
     * @return false if no event is left
     */
    public boolean moveOn(final long otherEvent) {
        final long next = earlier(otherEvent, earlier(left.nextEvent(now), right.nextEvent(now)));
        if (next != NEVER && next - now > 0) {
            now = next;
        }
        return next != NEVER;
    }

    /** Ends both stacks, and fails unless all their memory is free and no timer runs. */
    public void close() {
        left.close(now);
        right.close(now);
        left.verifyNothingIsLeft();
        right.verifyNothingIsLeft();
    }

    /** The earlier of two times, of which either may be {@link #NEVER}. */
    public static long earlier(final long time, final long other) {
        if (time == NEVER) {
            return other;
        }
        return other == NEVER || time - other < 0 ? time : other;
    }

    private SimulatedHost host(
            final String name,
            final String address,
            final LinkDevice end,
            final long memoryLimitBytes,
            final @Nullable PcapngWriter capture,
            final SplittableRandom random) {
        final LinkDevice captured = capture == null ? end : new CapturedLink(end, capture, name, () -> now, -start);
        final boolean hasNeighbours = end.capabilities().type() == LinkType.ETHERNET;
        final LinkDevice witnessed = new WitnessedLink(captured, () -> new TcpWitness(name, hasNeighbours));
        return new SimulatedHost(name, IpAddress.parse(address), witnessed, memoryLimitBytes, random, now);
    }

    private static LinkDevice impaired(
            final LinkDevice end,
            final boolean atSender,
            final Impairment leaving,
            final Impairment coming,
            final long seed) {
        return atSender
                ? ImpairedLink.keepingOffload(end, leaving, Impairment.NONE, seed)
                : ImpairedLink.keepingOffload(end, Impairment.NONE, coming, seed);
    }
}
