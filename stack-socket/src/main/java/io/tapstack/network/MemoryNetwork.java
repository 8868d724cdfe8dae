package io.tapstack.network;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.PacketCapture;
import io.tapstack.link.PcapngWriter;
import io.tapstack.time.Clock;
import io.tapstack.wire.EthernetHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory: hosts at the ports of an Ethernet switch, without root, without a TAP, on any operating system.
 * Between each two hosts there is a path in each direction, with an {@link Impairment}: loss, delay, reordering,
 * duplication, corruption and a rate. A path can also be cut. All random numbers derive from a seed.
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
 * <p><b>Virtual time</b> starts at 0 and stands still while a thread runs. When all threads wait, in sockets, in
 * {@link #sleep} or in {@link Activity#join}, it jumps to the next event: an hour of retransmissions takes
 * milliseconds. The threads take turns, so that two runs of one program with one seed are equal, frame by frame. Its
 * members are the thread that builds the network and the {@linkplain #start activities}. An
 * {@link IllegalStateException} is thrown in three cases: another thread makes a call, a member waits outside of the
 * network for longer than ten seconds (for example for a latch that another member counts down), or each member waits
 * for another one.
 *
 * <p>Frames to a host wait in a queue; when it is full they are dropped and {@linkplain #statistics counted}.
 */
public final class MemoryNetwork implements AutoCloseable {

    private final long seed;
    private final LinkCapabilities capabilities;
    private final int queueBytes;
    private final @Nullable LockStep steps;
    private final Clock clock;
    private final long startNanos;
    private final Activities activities;

    private final ReentrantLock lock = new ReentrantLock();
    // Under the lock. A name's number is its position here.
    private final Map<String, Inbox> inboxes = new LinkedHashMap<>();
    private final List<Host> hosts = new ArrayList<>();
    private @Nullable PacketCapture capture;
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
        this.activities = new Activities(this, lockStep);
    }

    /** A perfect network in real time. */
    public static MemoryNetwork inRealTime() {
        return builder().build();
    }

    /** A perfect network in virtual time, with {@code seed} as the source of all random numbers. */
    public static MemoryNetwork inVirtualTime(final long seed) {
        return builder().virtualTime().seed(seed).build();
    }

    /** The settings of a network with impairments or other limits. */
    public static Builder builder() {
        return new Builder();
    }

    /** The seed of all random numbers of this network. In virtual time it repeats a failure. */
    public long seed() {
        return seed;
    }

    /** True if this network is in virtual time. */
    public boolean isVirtual() {
        return steps != null;
    }

    // ---- Hosts

    /**
     * The settings of a new host on this network; its secrets derive from the network's seed. A name can be used again
     * when the host of that name is closed; the new host has the same paths.
     *
     * @param name for {@link #partition}, {@link #impair} and messages
     */
    public Host.Builder host(final String name) {
        return Host.on(port(name));
    }

    /**
     * A device on the network, for one {@link Host#on} or, in real time, for a stack that is assembled by hand. The
     * stack is on the network until it closes the device.
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

    /** Connects {@code port}, whose stack has been created. */
    void attach(final MemoryPort port) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            for (final MemoryPort other : ports) {
                if (other.name().equals(port.name())) {
                    throw new IllegalStateException("a host " + port.name() + " is on " + this + " already");
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
        inboxes.forEach((other, otherInbox) -> inbox.add(new NetworkPath(seed, other, name)));
        inboxes.put(name, inbox);
        inboxes.forEach((other, otherInbox) -> otherInbox.add(new NetworkPath(seed, name, other)));
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

    /** Disconnects {@code port}, whose stack has closed it. Does nothing if it was not connected. */
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

    /** Forwards a frame as a switch does: to the port of its destination, or else to all other ports. */
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

    /**
     * Writes the frames of all hosts that start from now on to one pcapng file, with an interface for each host; an
     * older file is overwritten. Each frame is in it twice, as sent and as received, if it arrives. It ends with the
     * network. Stacks that are assembled by hand are not in it.
     *
     * @throws IOException if the file cannot be written
     * @throws IllegalStateException if there is a capture already
     */
    public void capture(final Path file) throws IOException {
        requireMember();
        lock.lock();
        try {
            if (closed || capture != null) {
                throw new IllegalStateException(this + (closed ? " is closed" : " has a capture"));
            }
            capture = new SharedCapture(new PcapngWriter(Files.newOutputStream(file)), 1);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    PacketCapture capture() {
        lock.lock();
        try {
            return capture;
        } finally {
            lock.unlock();
        }
    }

    // ---- Faults

    /** Impairs all paths, including those of later hosts. Replaces the impairments of single paths. */
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
     * Impairs both paths between two hosts. Frames on their way keep their arrival times.
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

    /**
     * Limits the rate of the line from the switch to a host: of the frames of all senders together, behind their paths.
     *
     * @param bytesPerSecond 0 for no limit
     * @param queueBytes length of the queue of the port; frames beyond it are lost
     * @throws IllegalArgumentException if there was never a host of that name
     */
    public void portRate(final String host, final long bytesPerSecond, final int queueBytes) {
        requireMember();
        lock.lock();
        try {
            inbox(host).rate(bytesPerSecond, queueBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Cuts both paths between two hosts: frames on them and later frames are lost until {@link #heal()}. */
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

    /** Cuts the path from one host to another, but not the reverse path. */
    public void partitionOneWay(final String from, final String to) {
        cut(from, to, true);
    }

    /** Mends all cut paths. Impairments stay. */
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

    /** The counts of the frames to a host, and to earlier hosts of the same name. */
    public PortStatistics statistics(final String host) {
        lock.lock();
        try {
            return inbox(host).statistics();
        } finally {
            lock.unlock();
        }
    }

    /** Blocks of memory that frames on their way take; for leak checks. */
    int regionsInUse() {
        lock.lock();
        try {
            return inboxes.values().stream().mapToInt(Inbox::regionsInUse).sum();
        } finally {
            lock.unlock();
        }
    }

    // ---- Threads and time

    /**
     * Starts a thread that may use the hosts of this network. In real time any thread may; in virtual time only these
     * and the thread that built the network. An exception of the task is thrown by {@link Activity#join()}, or else by
     * {@link #close()}.
     */
    public Activity start(final String name, final Activity.Task task) {
        requireMember();
        return activities.start(name, task);
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
     * Closes the open hosts, the last one first, and waits for the activities, whose sockets are then closed. A second
     * call does nothing.
     *
     * @throws ActivityFailure if an activity failed, no {@link Activity#join()} has thrown that, and the cause is not
     *     that its socket was closed
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
        final ActivityFailure failure = activities.end();
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        if (steps != null) {
            steps.close();
        }
        activities.join();
        endCapture();
        if (failure != null) {
            throw failure;
        }
    }

    private void endCapture() {
        final PacketCapture ofAll = capture;
        if (ofAll != null) {
            try {
                ofAll.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
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

        /** See {@link MemoryNetwork#seed()}; unpredictable by default. */
        public Builder seed(final long number) {
            this.seed = number;
            return this;
        }

        /** The largest IP packet in bytes; 1,500 by default. */
        public Builder mtu(final int bytes) {
            this.mtu = bytes;
            return this;
        }

        /**
         * Passes super-segments of up to 64 KiB as one frame, with checksums that are never computed. This is several
         * times as fast, but a capture shows no frames of a real Ethernet, and an impairment applies to the whole
         * super-segment.
         */
        public Builder offload() {
            this.offload = true;
            return this;
        }

        /** Largest memory of the frames on their way to one host; 16 MiB by default. A frame takes 2 KiB at least. */
        public Builder queueBytes(final int most) {
            this.queueBytes = most;
            return this;
        }

        /** The impairment of all paths at first; none by default. */
        public Builder impairment(final Impairment everywhere) {
            this.impairment = everywhere;
            return this;
        }

        /** Virtual time after which all waits fail, so that an endless run ends; a day by default. */
        public Builder timeLimit(final Duration limit) {
            this.timeLimit = limit;
            return this;
        }

        /** For tests: the real time that a thread may wait outside of the network in virtual time. */
        Builder patience(final Duration realTime) {
            this.patience = realTime;
            return this;
        }

        public MemoryNetwork build() {
            return new MemoryNetwork(this);
        }
    }
}
