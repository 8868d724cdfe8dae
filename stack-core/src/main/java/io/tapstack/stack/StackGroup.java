package io.tapstack.stack;

import io.tapstack.link.FlowSteering;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.SteeredLink;
import io.tapstack.time.Clock;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.SipHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Several stacks with one address, one per queue of an interface, each with a thread of its own, to use several
 * processors. From outside they are one host. {@link FlowSteering} assigns a TCP connection to one stack for all its
 * life; the first stack has the rest: UDP, ICMP, answers to ARP requests. The stacks share no state, so none waits for
 * another.
 *
 * <p>An application listens at every stack; an outgoing connection may start at any stack, which picks a local port
 * that makes the connection its own; UDP sockets belong to {@linkplain #driver(int) the first}.
 *
 * <p>The stacks end together: if one fails, all end.
 *
 * <p>All methods may be called from any thread; a stack itself is used with its lock held.
 */
public final class StackGroup implements AutoCloseable {

    private final List<NetworkStack> stacks;
    private final List<StackDriver> drivers = new ArrayList<>();

    /**
     * Creates stacks that do not run yet.
     *
     * @param queues the queues of one interface, which the drivers close
     * @param config for each stack; the memory is divided among them
     * @param name of the thread; several threads are numbered
     */
    public StackGroup(
            final List<? extends LinkDevice> queues,
            final StackConfig config,
            final Clock clock,
            final String name,
            final Waiting waiting) {
        this.stacks = stacks(queues, config, clock.nanoTime());
        for (final NetworkStack stack : stacks) {
            final String number = stacks.size() == 1 ? "" : "-" + drivers.size();
            drivers.add(new StackDriver(stack, clock, name + number, waiting));
        }
    }

    /**
     * Creates the stacks alone, for a caller that runs them without threads. A single one is a stack like any other.
     *
     * @param queues the queues of one interface; they stay open when the stacks are closed
     */
    public static List<NetworkStack> stacks(
            final List<? extends LinkDevice> queues, final StackConfig shared, final long nowNanos) {
        if (queues.size() == 1) {
            return List.of(new NetworkStack(queues.get(0), shared, nowNanos));
        }
        if (shared.dhcp() != null) {
            throw new IllegalArgumentException("DHCP needs a single queue, as one stack alone would get the address");
        }
        final StackConfig config = withInterfaceSecret(shared);
        final FlowSteering steering = new FlowSteering(queues.size(), SipHash.random(config.random()));
        final List<NetworkStack> stacks = new ArrayList<>(queues.size());
        for (final SteeredLink link : SteeredLink.over(queues, steering)) {
            final RandomGenerator random = ownRandom(config.random());
            final NetworkStack stack = new NetworkStack(link, config.forQueue(link.share(), random), nowNanos);
            if (link.share().isFirst()) {
                stack.internet().register(IpProtocol.TCP, new StraySegments(stack.tcpTransport(), link, config.mac()));
            }
            stacks.add(stack);
        }
        return List.copyOf(stacks);
    }

    /** All stacks make the same stable addresses (RFC 7217). */
    private static StackConfig withInterfaceSecret(final StackConfig config) {
        return config.ndp() == null || config.interfaceSecret() != null
                ? config
                : config.toBuilder()
                        .interfaceSecret(SipHash.random(config.random()))
                        .build();
    }

    /** A generator that is not secure is not safe for several threads either. */
    private static RandomGenerator ownRandom(final RandomGenerator random) {
        if (random instanceof Random shareable) {
            return shareable;
        }
        return random instanceof RandomGenerator.SplittableGenerator splittable
                ? splittable.split()
                : new SplittableRandom(random.nextLong());
    }

    /** The number of stacks. */
    public int size() {
        return stacks.size();
    }

    /** A stack, from 0 on; used with the lock of its {@linkplain #driver(int) driver} held. */
    public NetworkStack stack(final int index) {
        return stacks.get(index);
    }

    /** The driver of a stack, from 0 on. */
    public StackDriver driver(final int index) {
        return drivers.get(index);
    }

    /** Starts all threads. */
    public void start() {
        for (final StackDriver driver : drivers) {
            final StackLock lock = driver.stackLock();
            lock.lock();
            try {
                lock.whenEnded(() -> drivers.forEach(StackDriver::closeSoon));
            } finally {
                lock.unlock();
            }
        }
        drivers.forEach(StackDriver::start);
    }

    /** The cause of a stack's end, which ended the others, or null if they run or were closed in order. */
    public @Nullable Throwable failure() {
        for (final StackDriver driver : drivers) {
            if (driver.failure() != null) {
                return driver.failure();
            }
        }
        return null;
    }

    /** Ends all stacks, closes all queues, and waits until that is done. Does nothing if they have ended. */
    @Override
    public void close() {
        drivers.forEach(StackDriver::close);
    }
}
