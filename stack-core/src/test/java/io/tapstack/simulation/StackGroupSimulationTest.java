package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.arp.AddressClaim;
import io.tapstack.arp.ArpConfig;
import io.tapstack.arp.ArpProtocol;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.FlowSteering;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.SteeredLink;
import io.tapstack.link.VirtualCable;
import io.tapstack.simulation.CablePlan.Ends;
import io.tapstack.simulation.TrafficScript.Ending;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackGroup;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A host with one stack, and one with several behind queues at which frames arrive at random; in virtual time. */
class StackGroupSimulationTest {

    private static final IpAddress SINGLE = IpAddress.parse("10.0.0.1");
    private static final IpAddress GROUP = IpAddress.parse("10.0.0.2");
    private static final int PORT = 80;
    private static final long MILLIS = 1_000_000L;
    private static final long PATIENCE = 600_000 * MILLIS;

    private final List<Application> applications = new ArrayList<>();
    // Frames arrive at random queues, or all at the last.
    private boolean atOneQueue;

    // Every packet comes in two fragments.
    private boolean cutting;

    // A stack that is rarely polled.
    private @Nullable NetworkStack lazy;
    private long now;

    /** The two hosts. */
    private final class Network {

        final SplittableRandom random;
        final NetworkStack single;
        final List<NetworkStack> group;
        final LinkDevice singleEnd;
        final QueuedEnd groupEnd;

        Network(final CablePlan plan, final int queues, final long seed, final ArpConfig arp) {
            this.random = new SplittableRandom(seed);
            final SplittableRandom chance = random.split();
            final VirtualCable cable = plan.build();
            this.singleEnd =
                    ImpairedLink.keepingOffload(cable.left(), Impairment.NONE, plan.toLeft(), chance.nextLong());
            final LinkDevice end =
                    ImpairedLink.keepingOffload(cable.right(), Impairment.NONE, plan.toRight(), chance.nextLong());
            this.groupEnd = new QueuedEnd(
                    cutting ? new FragmentingLink(end) : end,
                    queues,
                    frame -> atOneQueue ? queues - 1 : chance.nextInt(queues));
            now = random.nextLong(-1_000_000 * MILLIS, 1_000_000 * MILLIS);
            this.single =
                    new NetworkStack(singleEnd, StackConfig.of(new InterfaceAddress(SINGLE, 24), random.split()), now);
            this.group = StackGroup.stacks(
                    groupEnd.queues(),
                    StackConfig.of(new InterfaceAddress(GROUP, 24), random.split())
                            .withArp(arp),
                    now);
        }

        List<NetworkStack> all() {
            final List<NetworkStack> all = new ArrayList<>(group);
            all.add(single);
            return all;
        }

        long sum(final ToLongFunction<StackStatistics> counter) {
            return group.stream()
                    .map(NetworkStack::statistics)
                    .mapToLong(counter)
                    .sum();
        }

        long drops(final DropReason reason) {
            return sum(statistics -> statistics.drops(reason));
        }

        void pollAll() throws IOException {
            for (final NetworkStack stack : all()) {
                // A lazy one is polled now and then.
                if (stack == lazy && random.nextInt(50) > 0) {
                    continue;
                }
                while (stack.poll(now)) {
                    // Until the device has no more.
                }
            }
        }

        long nextEvent() {
            long next = SimulatedNetwork.NEVER;
            for (final NetworkStack stack : all()) {
                next = SimulatedNetwork.earlier(next, stack.nextDeadline());
                next = SimulatedNetwork.earlier(next, stack.device().nextEvent());
                next = stack.isPollWanted() ? SimulatedNetwork.earlier(next, now) : next;
            }
            return next;
        }

        void close() {
            for (final NetworkStack stack : all()) {
                stack.close(now);
                stack.device().close();
                assertThat(stack.pool().packetsInUse()).as("packets").isZero();
                assertThat(stack.pool().regionsInUse()).as("blocks").isZero();
                assertThat(stack.timers().armedTimers()).as("timers").isZero();
            }
        }
    }

    // ---- Bytes

    @ParameterizedTest
    @EnumSource(Ends.class)
    void everyByteOfManyConnectionsArrives(final Ends ends) throws Exception {
        final Network network = new Network(ethernet(ends), 4, 1, ArpConfig.DEFAULT);
        exchange(network, 40, 60_000);
        for (final NetworkStack stack : network.group) {
            assertThat(stack.statistics().connectionsAccepted)
                    .as("accepted by each")
                    .isPositive();
        }
        assertThat(network.sum(statistics -> statistics.connectionsAccepted)).isEqualTo(40);
        assertThat(network.sum(statistics -> statistics.framesPassedOn))
                .as("3 of 4 frames come in elsewhere")
                .isPositive();
        // A copy of a segment may arrive when all is over: the network takes no time, so a swapped segment looks lost.
        assertThat(network.sum(statistics -> statistics.resetsSent)).isLessThan(20);
        assertThat(network.drops(DropReason.TCP_NO_SOCKET)).isLessThan(20);
        network.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyByteArrivesOverABadCable(final long seed) throws Exception {
        final SplittableRandom random = new SplittableRandom(seed);
        final Impairment bad = Impairment.NONE
                .withLoss(random.nextDouble(0.05))
                .withDuplication(random.nextDouble(0.05))
                .withDelay(random.nextLong(20 * MILLIS));
        final Ends ends = Ends.values()[random.nextInt(Ends.values().length)];
        final Network network =
                new Network(ethernet(ends).impaired(bad, bad), 2 + random.nextInt(4), seed, ArpConfig.DEFAULT);
        exchange(network, 1 + random.nextInt(12), 1 + random.nextInt(200_000));
        network.close();
    }

    /** Each connection that the group opens has a port that brings its answers to the stack that has opened it. */
    @Test
    void everyStackOpensConnectionsOfItsOwn() throws Exception {
        // In order: an old ACK that arrives after the end of its connection would be answered by a reset.
        atOneQueue = true;
        final Network network = new Network(ethernet(Ends.PLAIN), 3, 7, ArpConfig.DEFAULT);
        final TcpListener listener = listen(network.single, SINGLE, PORT);
        for (int i = 0; i < 30; i++) {
            final NetworkStack stack = network.group.get(i % 3);
            client(network, stack, new Endpoint(SINGLE, PORT), 5_000);
        }
        serve(network, List.of(listener), List.of(network.single), 5_000);
        assertThat(network.single.statistics().connectionsAccepted).isEqualTo(30);
        assertThat(network.sum(statistics -> statistics.resetsSent) + network.single.statistics().resetsSent)
                .isZero();
        network.close();
    }

    /** With a bound port a connection may belong to another stack. */
    @Test
    void aConnectionThatIsAnothersIsRefused() throws Exception {
        final Network network = new Network(ethernet(Ends.PLAIN), 2, 7, ArpConfig.DEFAULT);
        int refused = 0;
        for (int port = 5_000; port < 5_100; port++) {
            final int ours = port;
            final FlowSteering steering = steering(network.group.get(0));
            final Endpoint local = new Endpoint(GROUP, ours);
            final Endpoint remote = new Endpoint(SINGLE, PORT);
            final boolean owned = steering.queue(local, remote) == 0;
            if (owned) {
                connect(network.group.get(0), local, remote).abort(now);
            } else {
                refused++;
                assertThatThrownBy(() -> connect(network.group.get(0), local, remote))
                        .isInstanceOf(SocketErrorException.class)
                        .hasMessageContaining("address not available");
            }
        }
        assertThat(refused).isBetween(25, 75);
        network.close();
    }

    // ---- One host to the outside

    /** RFC 9293 3.10.7.1: the one answer to an unexpected segment. */
    @Test
    void aClosedPortAnswersWithOneReset() throws Exception {
        final Network network = new Network(ethernet(Ends.PLAIN), 3, 5, ArpConfig.DEFAULT);
        final List<TcpConnection> attempts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            attempts.add(connect(network.single, null, new Endpoint(GROUP, 9)));
        }
        run(network, () -> attempts.stream().allMatch(attempt -> attempt.state() == TcpState.CLOSED));
        assertThat(network.sum(statistics -> statistics.resetsSent)).isEqualTo(20);
        network.close();
    }

    /** RFC 826: a host answers once, and every stack of it learns the sender. */
    @Test
    void oneStackAnswersArpAndAllLearnFromIt() throws Exception {
        final Network network = new Network(ethernet(Ends.PLAIN), 3, 6, ArpConfig.DEFAULT);
        final TcpConnection attempt = connect(network.single, null, new Endpoint(GROUP, 9));
        run(network, () -> attempt.state() == TcpState.CLOSED);
        settle(network, 5_000);
        // Two announcements of the group (RFC 5227 2.3) and its one answer.
        assertThat(arp(network.single).neighbors().find(GROUP)).isNotNull();
        for (final NetworkStack stack : network.group) {
            assertThat(arp(stack).neighbors().find(SINGLE)).isNotNull();
            assertThat(arp(stack).claims().get(0).conflicts()).isZero();
        }
        final long answered = network.group.get(0).statistics().framesSent;
        final long byTheOthers = network.group.get(1).statistics().framesSent
                + network.group.get(2).statistics().framesSent;
        assertThat(answered).isGreaterThanOrEqualTo(3);
        assertThat(byTheOthers).as("the reset, and no ARP packet").isLessThanOrEqualTo(1);
        network.close();
    }

    /** RFC 5227 2.1: no stack uses the address before the probes are over, which only the first stack sends. */
    @Test
    void allWaitUntilTheAddressIsProbed() throws Exception {
        final Network network = new Network(ethernet(Ends.PLAIN), 3, 8, ArpConfig.DEFAULT.withProbeAddress(true));
        settle(network, 1_000);
        for (final NetworkStack stack : network.group) {
            assertThat(arp(stack).claims().get(0).state()).isEqualTo(AddressClaim.State.PROBING);
        }
        settle(network, 9_000);
        for (final NetworkStack stack : network.group) {
            assertThat(arp(stack).claims().get(0).state()).isEqualTo(AddressClaim.State.OURS);
        }
        assertThat(network.group.get(1).statistics().framesSent).isZero();
        assertThat(network.group.get(2).statistics().framesSent).isZero();
        network.close();
    }

    /** RFC 5227 2.1.1: no stack uses an address that another host has. */
    @Test
    void noneUsesAnAddressThatIsTaken() throws Exception {
        final CablePlan plan = ethernet(Ends.PLAIN);
        final VirtualCable cable = plan.build();
        final QueuedEnd queued = new QueuedEnd(cable.right(), 2, frame -> 1);
        final NetworkStack owner = new NetworkStack(
                cable.left(), StackConfig.of(new InterfaceAddress(GROUP, 24), new SplittableRandom(1)), now);
        final List<NetworkStack> group = StackGroup.stacks(
                queued.queues(),
                StackConfig.of(new InterfaceAddress(GROUP, 24), new SplittableRandom(2))
                        .withArp(ArpConfig.DEFAULT.withProbeAddress(true)),
                now);
        for (int step = 0; step < 10_000; step++) {
            now += MILLIS;
            owner.poll(now);
            for (final NetworkStack stack : group) {
                stack.poll(now);
            }
        }
        assertThat(arp(group.get(0)).claims().get(0).state()).isEqualTo(AddressClaim.State.REFUSED);
        assertThat(arp(group.get(1)).claims().get(0).isOurs()).isFalse();
    }

    /** RFC 791: fragments have no ports; the first stack reassembles them and finds the owner. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void segmentsInFragmentsReachTheirOwner(final int seed) throws Exception {
        cutting = true;
        // In order, as above.
        atOneQueue = true;
        final Network network = new Network(ethernet(Ends.PLAIN), 1 + seed, seed, ArpConfig.DEFAULT);
        exchange(network, 8, 20_000);
        assertThat(network.sum(statistics -> statistics.resetsSent)).isZero();
        assertThat(network.drops(DropReason.TCP_NO_SOCKET)).isZero();
        assertThat(network.drops(DropReason.TCP_CHECKSUM)).isZero();
        network.close();
    }

    /** Frames that arrive faster than their owner takes them are lost like any others, counted, and sent again. */
    @Test
    void anOverflowingMailboxIsALossyLink() throws Exception {
        final Network network = new Network(ethernet(Ends.LOCAL), 2, 3, ArpConfig.DEFAULT);
        lazy = network.group.get(1);
        exchange(network, 100, 400_000);
        assertThat(network.drops(DropReason.LINK_MAILBOX_FULL)).isPositive();
        network.close();
    }

    /** UDP and ICMP have no connections: they belong to the first stack, and no other stack answers for them. */
    @Test
    void theFirstStackHasAllThatIsNotTcp() throws Exception {
        final Network network = new Network(ethernet(Ends.PLAIN), 3, 9, ArpConfig.DEFAULT);
        final UdpEndpoint server = network.group.get(0).udp().open();
        server.bind(new Endpoint(GROUP, 7));
        final UdpEndpoint client = network.single.udp().open();
        for (int i = 0; i < 20; i++) {
            client.send(ByteBuffer.wrap(new byte[] {(byte) i}), new Endpoint(GROUP, 7));
            settle(network, 50);
            final Datagram received = server.receive();
            assertThat(received).isNotNull();
            final ByteBuffer payload = ByteBuffer.allocate(2);
            assertThat(received.copyTo(payload)).isEqualTo(1);
            assertThat(payload.get(0)).isEqualTo((byte) i);
            received.release();
        }
        assertThat(network.drops(DropReason.UDP_PORT_UNREACHABLE)).isZero();
        client.close();
        server.close();
        network.close();
    }

    // ---- Means

    private static CablePlan ethernet(final Ends ends) {
        return new CablePlan(LinkType.ETHERNET, 1_500, ends, 256, Impairment.NONE, Impairment.NONE, false);
    }

    /** {@code clients} clients of the single host, each with its own connection to the group; bytes both ways. */
    private void exchange(final Network network, final int clients, final int bytes) throws Exception {
        final List<TcpListener> listeners = new ArrayList<>();
        for (final NetworkStack stack : network.group) {
            listeners.add(listen(stack, GROUP, PORT));
        }
        for (int i = 0; i < clients; i++) {
            client(network, network.single, new Endpoint(GROUP, PORT), bytes);
        }
        serve(network, listeners, network.group, bytes);
    }

    private void client(final Network network, final NetworkStack stack, final Endpoint server, final int bytes)
            throws Exception {
        final Application client = application(network, "client", stack, 0, bytes);
        client.use(connect(stack, null, server));
    }

    private Application application(
            final Network network, final String name, final NetworkStack stack, final int stream, final int bytes) {
        final TrafficScript script =
                TrafficScript.of(bytes, bytes, (received, ended) -> Long.MAX_VALUE, Ending.SHUTDOWN);
        final Application made = new Application(name, script, stack.pool(), stream, network.random.split(), now);
        applications.add(made);
        return made;
    }

    /** Accepts and plays until all connections are over and forgotten. */
    private void serve(
            final Network network, final List<TcpListener> listeners, final List<NetworkStack> servers, final int bytes)
            throws Exception {
        run(network, () -> {
            for (int i = 0; i < listeners.size(); i++) {
                final TcpConnection accepted = listeners.get(i).accept();
                if (accepted != null) {
                    application(network, "server", servers.get(i), 1, bytes).use(accepted);
                }
            }
            for (final Application application : List.copyOf(applications)) {
                application.step(now);
            }
            return applications.stream().allMatch(Application::isDone)
                    && network.all().stream()
                            .allMatch(stack -> stack.tcp().connections().isEmpty());
        });
        applications.forEach(Application::verify);
    }

    private interface Condition {
        boolean isMet() throws Exception;
    }

    /** Advances time, from event to event, until the condition is met. */
    private void run(final Network network, final Condition condition) throws Exception {
        final long start = now;
        while (true) {
            network.pollAll();
            if (condition.isMet()) {
                return;
            }
            long next = network.nextEvent();
            for (final Application application : applications) {
                next = SimulatedNetwork.earlier(next, application.nextEvent(now));
            }
            assertThat(next).as("the next event").isNotEqualTo(SimulatedNetwork.NEVER);
            now = next - now > 0 ? next : now;
            assertThat(now - start).as("time gone by").isLessThan(PATIENCE);
        }
    }

    private void settle(final Network network, final long millis) throws Exception {
        final long until = now + millis * MILLIS;
        for (; now - until < 0; now += MILLIS) {
            network.pollAll();
        }
    }

    private static TcpListener listen(final NetworkStack stack, final IpAddress address, final int port)
            throws SocketErrorException {
        return stack.tcp().listen(stack.tcp().bind(new Endpoint(address, port), false), 64, new TcpConfig());
    }

    private TcpConnection connect(final NetworkStack stack, final @Nullable Endpoint local, final Endpoint remote)
            throws SocketErrorException {
        final TcpBinding binding = local == null ? null : stack.tcp().bind(local, false);
        return stack.tcp().connect(binding, remote, new TcpConfig(), ConnectionObserver.NONE, now);
    }

    private static ArpProtocol arp(final NetworkStack stack) {
        return Objects.requireNonNull(stack.ipv4().interfaces().get(0).arp());
    }

    private static FlowSteering steering(final NetworkStack stack) {
        return ((SteeredLink) stack.device()).share().steering();
    }
}
