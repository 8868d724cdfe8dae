package io.tapstack.simulation.grid;

import io.tapstack.buffer.BufferPool;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.PcapngWriter;
import io.tapstack.link.VirtualCable;
import io.tapstack.simulation.SimulatedHost;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that reach another one through a shared line: one queue, one rate, one delay for all their packets. Virtual
 * time; equal plans and seeds make equal runs.
 *
 * <pre>
 *   sender 0 --- cable ---+
 *   sender 1 --- cable ---+ Junction --- forward: rate, queue, loss, delay ---&gt; receiver
 *   ...                   |   &lt;--- back: for each sender a path of its own ---
 * </pre>
 */
final class Bottleneck {

    /** The port of the receiver. */
    static final int PORT = 80;

    private static final IpAddress RECEIVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress FIRST_SENDER = IpAddress.parse("10.0.0.2");
    private static final int CABLE_FRAMES = 4_096;
    private static final long HOUR = 3_600_000_000_000L;

    private final List<SimulatedHost> senders = new ArrayList<>();
    private final SimulatedHost receiver;
    private @Nullable FloodLink flood;
    private final long start;
    private long now;

    /** @param capture receives the frames of the receiver, and of the first sender, or null */
    Bottleneck(final Plan plan, final long seed, final @Nullable PcapngWriter capture) {
        final SplittableRandom random = new SplittableRandom(seed);
        this.start = random.nextLong(-HOUR, HOUR);
        this.now = start;
        final LinkCapabilities sending = plan.offload()
                ? new LinkCapabilities(LinkType.IP, plan.mtu(), true, true, LinkCapabilities.MAX_MTU)
                : LinkCapabilities.plain(LinkType.IP, plan.mtu());
        final LinkCapabilities receiving = LinkCapabilities.plain(LinkType.IP, plan.mtu());
        final List<LinkDevice> ends = new ArrayList<>();
        for (int i = 0; i < plan.hosts(); i++) {
            final VirtualCable cable = new VirtualCable(sending, receiving, CABLE_FRAMES);
            ends.add(cable.right());
            final Impairment back = plan.back().withDelay(plan.back().latency().delayNanos() + i * plan.spreadNanos());
            final LinkDevice end = ImpairedLink.keepingOffload(cable.left(), Impairment.NONE, back, random.nextLong());
            final IpAddress address = IpAddress.ipv4(FIRST_SENDER.ipv4Bits() + i);
            senders.add(host("sender " + i, address, end, i == 0 ? capture : null, random.split()));
        }
        final GridLoad load = plan.load();
        if (load.synsPerSecond() > 0) {
            final Endpoint target = new Endpoint(RECEIVER, PORT);
            flood = new FloodLink(receiving, target, load.synsPerSecond(), new SplittableRandom(seed));
            ends.add(flood);
        }
        final Junction junction = new Junction(ends, FIRST_SENDER);
        final LinkDevice line =
                load.lostTail() > 0 ? new TailLossLink(junction, load.pieceBytes(), load.lostTail()) : junction;
        final LinkDevice end = ImpairedLink.keepingOffload(line, Impairment.NONE, plan.forward(), random.nextLong());
        this.receiver = host("receiver", RECEIVER, end, capture, random.split());
    }

    /** Ends the traffic that belongs to no flow. */
    void calmDown() {
        if (flood != null) {
            flood.stop();
        }
    }

    private SimulatedHost host(
            final String name,
            final IpAddress address,
            final LinkDevice end,
            final @Nullable PcapngWriter capture,
            final SplittableRandom random) {
        final LinkDevice device = capture == null ? end : new CapturedLink(end, capture, name, () -> now, -start);
        return new SimulatedHost(name, address, device, BufferPool.DEFAULT_LIMIT_BYTES, random, now);
    }

    /** The hosts at this end of the line. */
    List<SimulatedHost> senders() {
        return senders;
    }

    /** The host at the other end. */
    SimulatedHost receiver() {
        return receiver;
    }

    /** The time, which may be negative. */
    long now() {
        return now;
    }

    /** Time since the start. */
    long elapsedNanos() {
        return now - start;
    }

    /** Polls all stacks. */
    void poll() {
        for (final SimulatedHost sender : senders) {
            sender.poll(now);
        }
        receiver.poll(now);
    }

    /**
     * Moves time to the next event, or to {@code otherEvent} if that is earlier.
     *
     * @return false if no event is left
     */
    boolean moveOn(final long otherEvent) {
        long next = SimulatedNetwork.earlier(otherEvent, receiver.nextEvent(now));
        for (final SimulatedHost sender : senders) {
            next = SimulatedNetwork.earlier(next, sender.nextEvent(now));
        }
        if (next != SimulatedNetwork.NEVER && next - now > 0) {
            now = next;
        }
        return next != SimulatedNetwork.NEVER;
    }

    /** Ends all stacks, and fails unless all memory is free and no timer runs. */
    void close() {
        for (final SimulatedHost sender : senders) {
            sender.close(now);
            sender.verifyNothingIsLeft();
        }
        receiver.close(now);
        receiver.verifyNothingIsLeft();
    }
}
