package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.VirtualCable;
import io.tapstack.simulation.TrafficScript.Ending;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackGroup;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.testing.Decisions;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Plays one input of the fuzzer: connections both ways between a host with one stack and one with a group of them. */
final class SteeredRun {

    private static final IpAddress SINGLE = IpAddress.parse("10.0.0.1");
    private static final IpAddress GROUP = IpAddress.parse("10.0.0.2");
    private static final int PORT = 80;
    private static final int PREFIX = 24;
    private static final int MOST_LOSSES = 60;
    private static final int MOST_STEPS = 300_000;
    private static final long MILLIS = 1_000_000L;
    private static final long TIME_LIMIT = 24 * 3_600_000 * MILLIS;

    private final Decisions in;
    private final SplittableRandom random = new SplittableRandom(1);
    private final NetworkStack single;
    private final List<NetworkStack> group;
    private final List<NetworkStack> all = new ArrayList<>();
    private final List<TcpListener> listeners = new ArrayList<>();
    private final List<Application> applications = new ArrayList<>();
    private final int connections;
    private final int bytes;
    private final long start = -5;
    private long now = start;
    private int idle;

    SteeredRun(final Decisions in) throws SocketErrorException {
        this.in = in;
        final int queues = in.between(1, 4);
        final CablePlan.Ends ends = in.any(CablePlan.Ends.values());
        final CablePlan plan =
                new CablePlan(LinkType.ETHERNET, 1_500, ends, 256, Impairment.NONE, Impairment.NONE, false);
        final VirtualCable cable = plan.build();
        final boolean cut = ends == CablePlan.Ends.PLAIN && in.oneIn(4);
        final DecidedLink.Losses losses = new DecidedLink.Losses(MOST_LOSSES);
        final LinkDevice end = new DecidedLink(cut ? new FragmentingLink(cable.right()) : cable.right(), in, losses);
        final QueuedEnd queued = new QueuedEnd(end, queues, frame -> in.octet() % queues);
        this.single = new NetworkStack(
                cable.left(), StackConfig.of(new InterfaceAddress(SINGLE, PREFIX), random.split()), now);
        this.group = StackGroup.stacks(
                queued.queues(), StackConfig.of(new InterfaceAddress(GROUP, PREFIX), random.split()), now);
        all.add(single);
        all.addAll(group);
        this.connections = in.between(1, 6);
        this.bytes = in.oneOf(5_000, 0, 1, 100_000);
        for (final NetworkStack stack : all) {
            final Endpoint local = new Endpoint(stack == single ? SINGLE : GROUP, PORT);
            listeners.add(stack.tcp().listen(stack.tcp().bind(local, false), connections, config()));
        }
    }

    private static TcpConfig config() {
        return new TcpConfig()
                .synRetries(127)
                .synAckRetries(127)
                .dataRetries(1_000)
                .orphanRetries(1_000);
    }

    int connections() {
        return connections;
    }

    /** Plays until all connections are over and forgotten, and takes everything down. */
    void play() throws Exception {
        for (int i = 0; i < connections; i++) {
            // The caller: the single host, or one of the group's stacks.
            final int caller = in.below(2 * all.size());
            final NetworkStack stack = caller < all.size() ? all.get(caller) : single;
            final Endpoint to = new Endpoint(stack == single ? GROUP : SINGLE, PORT);
            application("client", stack, 0).use(connect(stack, to));
        }
        for (int step = 0; !isOver(); step++) {
            pollSome();
            accept();
            applications.forEach(application -> application.step(now));
            moveOn();
            assertThat(step).as("steps").isLessThan(MOST_STEPS);
            assertThat(now - start).as("time").isLessThan(TIME_LIMIT);
        }
        for (final Application application : applications) {
            // A host whose ARP requests are all lost is unreachable.
            if (application.error() != SocketError.EHOSTUNREACH) {
                application.verify();
            }
        }
        close();
    }

    private TcpConnection connect(final NetworkStack stack, final Endpoint to) throws SocketErrorException {
        return stack.tcp().connect(null, to, config(), ConnectionObserver.NONE, now);
    }

    private Application application(final String name, final NetworkStack stack, final int stream) {
        final TrafficScript script =
                TrafficScript.of(bytes, bytes, (received, ended) -> Long.MAX_VALUE, Ending.SHUTDOWN);
        final Application made = new Application(name, script, stack.pool(), stream, random.split(), now);
        applications.add(made);
        return made;
    }

    private void accept() {
        for (int i = 0; i < all.size(); i++) {
            for (TcpConnection got = listeners.get(i).accept();
                    got != null;
                    got = listeners.get(i).accept()) {
                application("server", all.get(i), 1).use(got);
            }
        }
    }

    private boolean isOver() {
        return applications.stream().allMatch(Application::isDone)
                && all.stream().allMatch(stack -> stack.tcp().connections().isEmpty());
    }

    /** Polls one stack or all of them. */
    private void pollSome() throws IOException {
        final int turn = in.octet();
        if (turn >= 128) {
            all.get(turn % all.size()).poll(now);
        } else {
            pollAll();
        }
    }

    private void pollAll() throws IOException {
        for (final NetworkStack stack : all) {
            while (stack.poll(now)) {
                // Until the device has no more.
            }
        }
    }

    private void moveOn() throws IOException {
        long next = SimulatedNetwork.NEVER;
        for (final NetworkStack stack : all) {
            next = SimulatedNetwork.earlier(next, stack.nextDeadline());
            next = SimulatedNetwork.earlier(next, stack.device().nextEvent());
            next = stack.isPollWanted() ? SimulatedNetwork.earlier(next, now) : next;
        }
        for (final Application application : applications) {
            next = SimulatedNetwork.earlier(next, application.nextEvent(now));
        }
        if (next == SimulatedNetwork.NEVER) {
            // A frame may still wait for a stack that was not polled, but not for long.
            pollAll();
            idle++;
        } else {
            idle = 0;
        }
        assertThat(isOver() || idle < 3).as("something will happen").isTrue();
        now = next != SimulatedNetwork.NEVER && next - now > 0 ? next : now;
    }

    private void close() {
        listeners.forEach(listener -> listener.close(now));
        for (final NetworkStack stack : all) {
            stack.close(now);
            stack.device().close();
        }
        for (final NetworkStack stack : all) {
            assertThat(stack.pool().packetsInUse()).as("packets").isZero();
            assertThat(stack.pool().regionsInUse()).as("blocks").isZero();
            assertThat(stack.pool().bytesInUse()).as("bytes").isZero();
            assertThat(stack.timers().armedTimers()).as("timers").isZero();
        }
    }
}
