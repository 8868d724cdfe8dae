package io.tapstack.network;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.time.Clock;
import io.tapstack.wire.EthernetHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory: hosts at the ports of an Ethernet switch, without root, without a TAP, on any operating system.
 * With two hosts the switch is a cable. Between each two hosts there is a path in each direction, which loses, delays,
 * reorders, doubles, damages and slows down frames as its {@link Impairment} says, or is cut; all chance comes from a
 * seed.
 *
 * <pre>{@code
 * try (MemoryNetwork network = MemoryNetwork.inRealTime();
 *         Host server = network.host("server").address("10.0.0.1/24").start();
 *         Host client = network.host("client").address("10.0.0.2/24").start()) {
 *     ...
 * }
 * }</pre>
 *
 * <p><b>Real time.</b> Each host has a thread of its own, and all methods of the network and its hosts may be called
 * from any thread. How frames interleave depends on the machine.
 *
 * <p><b>Virtual time</b> starts at 0 and stands still while a thread does anything; when all threads wait, in sockets,
 * in {@link #sleep} or in {@link Activity#join}, it jumps to the next event. An hour of retransmissions takes
 * milliseconds. The threads take turns, so that two runs of one program with one seed are equal, to the frame. The
 * thread that builds the network takes part, and so do the {@linkplain #start activities}; calls of other threads get
 * an {@link IllegalStateException}, as does a thread that waits outside of the network for longer than ten seconds (a
 * latch, say, that another of its threads has to count down), and all threads when each waits for another one.
 *
 * <p>Frames to a host wait in a queue, and are dropped and {@linkplain #statistics counted} when it is full.
 */
public final class MemoryNetwork implements AutoCloseable {

    private static final long CLOSE_MILLIS = 10_000;

    private final long seed;
    private final LinkCapabilities capabilities;
    private final int queueBytes;
    private final @Nullable LockStep steps;
    private final Clock clock;
    private final long startNanos;

    private final ReentrantLock lock = new ReentrantLock();
    // Under the lock. Names are numbered in the order in which they come.
    private final Map<String, Inbox> inboxes = new LinkedHashMap<>();
    private final List<Host> hosts = new ArrayList<>();
    private final List<Activity> activities = new ArrayList<>();
    private Impairment impairment;
    private boolean closed;

    // The hosts that can be reached; replaced under the lock.
    private volatile MemoryPort[] ports = {};

    private MemoryNetwork(final Builder builder) {
        final RandomGenerator random = new SplittableRandom();
        this.seed = builder.seed == null ? random.nextLong() : builder.seed;
        this.capabilities = builder.offload
                ? new LinkCapabilities(LinkType.ETHERNET, builder.mtu, true, true, LinkCapabilities.MAX_MTU)
                : LinkCapabilities.plain(LinkType.ETHERNET, builder.mtu);
        this.queueBytes = builder.queueBytes;
        this.impairment = builder.impairment;
        final LockStep lockStep =
                builder.virtual ? new LockStep(builder.timeLimit.toNanos(), builder.patience.toNanos()) : null;
        this.steps = lockStep;
        this.clock = lockStep == null ? Clock.system() : lockStep::now;
        this.startNanos = clock.nanoTime();
    }

    /** A perfect network in real time. */
    public static MemoryNetwork inRealTime() {
        return builder().build();
    }

    /** A perfect network in virtual time, whose hosts draw all their chance from {@code seed}. */
    public static MemoryNetwork inVirtualTime(final long seed) {
        return builder().virtualTime().seed(seed).build();
    }

    /** For a network that is not perfect, or has other limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** The seed of all chance on this network. A failure that depends on it can be repeated in virtual time. */
    public long seed() {
        return seed;
    }

    /** True if this network is in virtual time. */
    public boolean isVirtual() {
        return steps != null;
    }

    // ---- Hosts

    /**
     * A host on this network that is not started yet; its secrets are drawn from the network's seed. A name can be used
     * again when the host of that name is closed, and has the same paths then.
     *
     * @param name for {@link #partition}, {@link #impair} and messages
     */
    public Host.Builder host(final String name) {
        return Host.on(port(name));
    }

    /**
     * The end of the network for a host, for one {@link Host#on} or, in real time, a stack that is put together by
     * hand. The stack that gets it is on the network from then on, until it closes it.
     */
    public LinkDevice port(final String name) {
        requireMember();
        lock.lock();
        try {
            if (!inboxes.containsKey(name)) {
                addName(name);
            }
            return new MemoryPort(this, name, number(name), inbox(name), capabilities);
        } finally {
            lock.unlock();
        }
    }

    /** A stack has got {@code port}. */
    void attach(final MemoryPort port) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            for (final MemoryPort other : ports) {
                if (other.name().equals(port.name())) {
                    throw new IllegalStateException("there is a host " + port.name() + " on " + this + " already");
                }
            }
            inbox(port.name()).open(true);
            final MemoryPort[] more = Arrays.copyOf(ports, ports.length + 1);
            more[ports.length] = port;
            ports = more;
        } finally {
            lock.unlock();
        }
    }

    private void addName(final String name) {
        final Inbox inbox = new Inbox(clock, queueBytes);
        inboxes.forEach((other, otherInbox) -> inbox.add(new Route(seed, other, name)));
        inboxes.put(name, inbox);
        inboxes.forEach((other, otherInbox) -> otherInbox.add(new Route(seed, name, other)));
        final int last = inboxes.size() - 1;
        for (final Inbox each : inboxes.values()) {
            each.impair(last, impairment);
        }
        for (int sender = 0; sender < last; sender++) {
            inbox.impair(sender, impairment);
        }
    }

    private int number(final String name) {
        int number = 0;
        for (final String other : inboxes.keySet()) {
            if (other.equals(name)) {
                return number;
            }
            number++;
        }
        throw new IllegalArgumentException("no host " + name + " on " + this);
    }

    private Inbox inbox(final String name) {
        final Inbox inbox = inboxes.get(name);
        if (inbox == null) {
            throw new IllegalArgumentException("no host " + name + " on " + this);
        }
        return inbox;
    }

    /** The stack of {@code port} has closed it; does nothing if it was not on the network. */
    void detach(final MemoryPort port) {
        lock.lock();
        try {
            if (Arrays.asList(ports).contains(port)) {
                ports = Arrays.stream(ports).filter(other -> other != port).toArray(MemoryPort[]::new);
                inbox(port.name()).open(false);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes a frame on as a switch does: to the port that has its destination, or else to all others. */
    void forward(final MemoryPort from, final long destination, final PacketBuffer frame) {
        final MemoryPort[] all = ports;
        if (!EthernetHeader.isGroup(destination)) {
            for (final MemoryPort port : all) {
                if (port.source() == destination) {
                    if (port != from) {
                        port.deliver(from, frame);
                    }
                    return;
                }
            }
        }
        for (final MemoryPort port : all) {
            if (port != from) {
                port.deliver(from, frame);
            }
        }
    }

    // ---- Faults

    /** Impairs all paths, those of hosts to come too; other impairments of single paths are forgotten. */
    public void impair(final Impairment everywhere) {
        requireMember();
        lock.lock();
        try {
            impairment = everywhere;
            for (final Inbox inbox : inboxes.values()) {
                for (int sender = 0; sender < inboxes.size(); sender++) {
                    inbox.impair(sender, everywhere);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Impairs both paths between two hosts from now on; frames on their way stay due when they are.
     *
     * @throws IllegalArgumentException if there was never a host of that name
     */
    public void impair(final String one, final String other, final Impairment both) {
        impairOneWay(one, other, both);
        impairOneWay(other, one, both);
    }

    /** Impairs the path from one host to another. See {@link #impair(String, String, Impairment)}. */
    public void impairOneWay(final String from, final String to, final Impairment path) {
        requireMember();
        lock.lock();
        try {
            inbox(to).impair(number(from), path);
        } finally {
            lock.unlock();
        }
    }

    /** Cuts both paths between two hosts: what is on them and what is sent until {@link #heal()} is lost. */
    public void partition(final String one, final String other) {
        partition(Set.of(one), Set.of(other));
    }

    /** Cuts all paths between the hosts of one side and those of the other. */
    public void partition(final Collection<String> side, final Collection<String> otherSide) {
        for (final String one : side) {
            for (final String other : otherSide) {
                cut(one, other, true);
                cut(other, one, true);
            }
        }
    }

    /** Cuts the path from one host to another, and leaves the way back. */
    public void partitionOneWay(final String from, final String to) {
        cut(from, to, true);
    }

    /** Mends all paths that are cut. Impairments stay as they are. */
    public void heal() {
        requireMember();
        lock.lock();
        try {
            for (final Inbox inbox : inboxes.values()) {
                for (int sender = 0; sender < inboxes.size(); sender++) {
                    inbox.cut(sender, false);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Mends both paths between two hosts. */
    public void heal(final String one, final String other) {
        cut(one, other, false);
        cut(other, one, false);
    }

    private void cut(final String from, final String to, final boolean now) {
        requireMember();
        lock.lock();
        try {
            inbox(to).cut(number(from), now);
        } finally {
            lock.unlock();
        }
    }

    /** The counts of the frames to a host, since there was a first host of that name. */
    public PortStatistics statistics(final String host) {
        lock.lock();
        try {
            return inbox(host).statistics();
        } finally {
            lock.unlock();
        }
    }

    // ---- Threads and time

    /**
     * Starts a thread that uses hosts of this network. In real time any thread may do that; in virtual time these, and
     * the one that built the network. An exception of the task is thrown by {@link Activity#join()}, or else by
     * {@link #close()}.
     */
    public Activity start(final String name, final Activity.Task task) {
        requireMember();
        final Activity activity = new Activity(this, name, task, ending());
        final Thread thread = steps == null ? new Thread(activity::run, name) : steps.thread(name, activity::run);
        thread.setDaemon(true);
        activity.startedAs(thread);
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            activities.add(activity);
            // Under the lock, so that close() finds it started.
            if (steps == null) {
                thread.start();
            }
        } finally {
            lock.unlock();
        }
        if (steps != null) {
            steps.start(thread);
        }
        return activity;
    }

    private Activity.Ending ending() {
        if (steps == null) {
            final CountDownLatch done = new CountDownLatch(1);
            return new Activity.Ending() {
                @Override
                public void await(final Activity activity) throws InterruptedException {
                    done.await();
                }

                @Override
                public void reached() {
                    done.countDown();
                }
            };
        }
        return new SteppedEnding(steps);
    }

    /** Waits, in virtual or in real time. */
    public void sleep(final Duration duration) throws InterruptedException {
        if (steps == null) {
            Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
        } else {
            steps.sleep(duration.toNanos());
        }
    }

    /** The time since the network was built. */
    public Duration elapsed() {
        return Duration.ofNanos(clock.nanoTime() - startNanos);
    }

    Clock clock() {
        return clock;
    }

    @Nullable
    LockStep steps() {
        return steps;
    }

    void started(final Host host) {
        lock.lock();
        try {
            hosts.add(host);
        } finally {
            lock.unlock();
        }
    }

    void ended(final Host host) {
        lock.lock();
        try {
            hosts.remove(host);
        } finally {
            lock.unlock();
        }
    }

    private void requireMember() {
        if (steps != null) {
            steps.enter();
            steps.exit();
        }
    }

    /**
     * Closes the hosts that are still open, the last one first, and waits for the activities, whose sockets are closed
     * now. Does nothing the second time.
     *
     * @throws ActivityFailure if an activity failed before this, otherwise than by its socket being closed, and no
     *     {@link Activity#join()} told so
     * @throws IllegalStateException if an activity does not end within ten seconds of real time
     */
    @Override
    public void close() {
        requireMember();
        final List<Host> open;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            open = new ArrayList<>(hosts);
        } finally {
            lock.unlock();
        }
        final ActivityFailure failure = untoldFailure();
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        if (steps != null) {
            steps.close();
        }
        for (final Activity activity : activities) {
            joinOrInterrupt(activity);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable ActivityFailure untoldFailure() {
        for (final Activity activity : activities) {
            final Throwable thrown = activity.untoldFailure();
            if (thrown != null) {
                return new ActivityFailure(activity + " failed on " + this + ": " + thrown, thrown);
            }
        }
        return null;
    }

    private void joinOrInterrupt(final Activity activity) {
        final Thread thread = activity.thread();
        if (thread == null || thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS / 2);
            thread.interrupt();
            thread.join(CLOSE_MILLIS / 2);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(activity + " goes on, though " + this + " is closed");
        }
    }

    @Override
    public String toString() {
        return "network[seed " + seed + (steps == null ? "]" : ", " + elapsed() + "]");
    }

    /** The settings of a {@link MemoryNetwork}. Confined to one thread. */
    public static final class Builder {

        private boolean virtual;
        private @Nullable Long seed;
        private int mtu = 1_500;
        private boolean offload;
        private int queueBytes = 16 << 20;
        private Impairment impairment = Impairment.NONE;
        private Duration timeLimit = Duration.ofDays(1);
        private Duration patience = Duration.ofNanos(LockStep.PATIENCE_NANOS);

        private Builder() {}

        /** Virtual time instead of real time. The thread that calls {@link #build()} takes part. */
        public Builder virtualTime() {
            this.virtual = true;
            return this;
        }

        /** See {@link MemoryNetwork#seed()}; without it, an unpredictable one. */
        public Builder seed(final long number) {
            this.seed = number;
            return this;
        }

        /** The largest IP packet in bytes; 1,500 without it. */
        public Builder mtu(final int bytes) {
            this.mtu = bytes;
            return this;
        }

        /**
         * Lets super-segments of up to 64 KiB pass as one frame, with checksums that are never computed: several times
         * as fast, but a capture shows no frame of a real Ethernet, and an impairment meets the whole super-segment.
         */
        public Builder offload() {
            this.offload = true;
            return this;
        }

        /** Most memory of frames on their way to one host; 16 MiB without it. A frame takes 2 KiB at least. */
        public Builder queueBytes(final int most) {
            this.queueBytes = most;
            return this;
        }

        /** How all paths are impaired at first; not at all without it. */
        public Builder impairment(final Impairment everywhere) {
            this.impairment = everywhere;
            return this;
        }

        /** Virtual time after which all waits fail, so that a run that goes on for ever ends; a day without it. */
        public Builder timeLimit(final Duration limit) {
            this.timeLimit = limit;
            return this;
        }

        /** For tests: how long in real time a thread of virtual time may wait outside of the network. */
        Builder patience(final Duration realTime) {
            this.patience = realTime;
            return this;
        }

        public MemoryNetwork build() {
            return new MemoryNetwork(this);
        }
    }
}
