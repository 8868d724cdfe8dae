package io.tapstack.cli;

import io.tapstack.dhcp.DhcpConfig;
import io.tapstack.stack.StaticRoute;
import io.tapstack.tap.TapIo;
import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.wire.IpAddress;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options about the network, common to all commands. */
public final class LinkOptions {

    /** The heading of these options in a command's help, below the command's own. */
    public static final String HEADING = "Network:%n";

    /** The TCP/IP to use. */
    public enum Network {
        /** Ours, behind a TAP device. */
        TAPSTACK,
        /** The kernel's, at the loopback address, for comparison. */
        KERNEL
    }

    /** The values of {@code --cc}. */
    static final class CongestionControlNames implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return CongestionControlSource.all().names().iterator();
        }
    }

    /** IFNAMSIZ is 16 with the NUL that ends a name. */
    private static final Pattern TAP_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,15}");

    /** MAX_TAP_QUEUES of Linux's drivers/net/tun.c. */
    private static final int MAX_QUEUES = 256;

    private static final String DEFAULT_ADDRESS = "10.0.0.2/24";

    @Option(names = "--tap", paramLabel = "NAME", defaultValue = "tap0", description = "TAP device (${DEFAULT-VALUE})")
    private String tap = "tap0";

    @Option(
            names = "--address",
            paramLabel = "ADDRESS/BITS",
            defaultValue = DEFAULT_ADDRESS,
            split = ",",
            converter = Converters.ForAddressOption.class,
            description = "address of Tapstack, of IPv4 or IPv6; or dhcp, or dhcp,link-local for a link-local one if no"
                    + " server answers; or auto, from IPv6 routers; may be given often (${DEFAULT-VALUE})")
    private List<AddressOption> addresses = new ArrayList<>(List.of(AddressOption.parse(DEFAULT_ADDRESS)));

    @Option(
            names = "--dhcp-timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Converters.ForDuration.class,
            description = "longest wait for addresses from the network (${DEFAULT-VALUE})")
    private Duration dhcpTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--host-address",
            paramLabel = "ADDRESS/BITS",
            defaultValue = "10.0.0.1/24",
            converter = Converters.ForCidr.class,
            description = "address of the host at the other end; may be given often (${DEFAULT-VALUE})")
    private List<Cidr> hostAddresses = new ArrayList<>(List.of(Cidr.parse("10.0.0.1/24")));

    @Option(
            names = "--gateway",
            paramLabel = "ADDRESS",
            converter = Converters.ForAddress.class,
            description = "where to send what is not for the own networks; one for each family (nowhere)")
    private List<InetAddress> gateways = new ArrayList<>();

    @Option(
            names = "--route",
            paramLabel = "'DEST via GW'",
            converter = Converters.ForRoute.class,
            description = "a route by another router, e.g. '192.0.2.0/24 via 10.0.0.9'; may be given often")
    private List<StaticRoute> routes = new ArrayList<>();

    @Option(
            names = "--mtu",
            paramLabel = "BYTES",
            defaultValue = "1500",
            converter = Converters.ForMtu.class,
            description = "largest IP packet (${DEFAULT-VALUE})")
    private int mtu = 1500;

    @Option(names = "--pcap", paramLabel = "FILE", description = "capture all frames, for Wireshark")
    private Optional<Path> pcap = Optional.empty();

    @Option(
            names = "--loss",
            paramLabel = "P",
            defaultValue = "0",
            converter = Converters.ForProbability.class,
            description = "lose frames with this probability, both ways, e.g. 0.01")
    private double loss;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            defaultValue = "0ms",
            converter = Converters.ForDuration.class,
            description = "delay frames, each way, e.g. 20ms")
    private Duration delay = Duration.ZERO;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = Converters.ForLong.class,
            description = "what chance begins with, to repeat a run")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--no-offload", description = "one frame a segment, checksums in software: for comparison")
    private boolean noOffload;

    @Option(
            names = "--no-host-batching",
            description =
                    "with --no-offload: have the host take every frame by itself (no GRO), to watch or filter single segments there")
    private boolean noHostBatching;

    @Option(
            names = "--tap-io",
            paramLabel = "WAY",
            defaultValue = "auto",
            description =
                    "how frames pass to the TAP: uring, in batches, where the kernel allows it, syscalls, one by one,"
                            + " or auto, the faster way (${DEFAULT-VALUE})")
    private TapIo tapIo = TapIo.AUTO;

    @Option(
            names = "--cc",
            paramLabel = "NAME",
            converter = Converters.ForCongestionControl.class,
            completionCandidates = CongestionControlNames.class,
            description = "congestion control of our connections: ${COMPLETION-CANDIDATES} (cubic)")
    private Optional<String> congestionControl = Optional.empty();

    @Option(
            names = "--mtu-probing",
            paramLabel = "WHEN",
            description =
                    "find out how large packets may be where routers do not say (RFC 4821): off, black_hole, once large"
                            + " segments seem to vanish, or on, from the start (off)")
    private Optional<MtuProbingMode> mtuProbing = Optional.empty();

    @Option(
            names = "--queues",
            paramLabel = "N",
            defaultValue = "1",
            converter = Converters.ForCount.class,
            description = "queues of the TAP, each with a stack and a thread of its own, for as many processors"
                    + " (${DEFAULT-VALUE})")
    private int queues = 1;

    @Option(
            names = "--busy-poll",
            description =
                    "never sleep, and use up one processor: shorter response times where there are processors to spare")
    private boolean busyPoll;

    @Option(
            names = "--private",
            description = "run in a network namespace of its own, without root where the machine allows it")
    private boolean privateNetwork;

    @Option(names = "--network", defaultValue = "tapstack", hidden = true)
    private Network network = Network.TAPSTACK;

    /** The defaults. */
    public LinkOptions() {}

    /** The name of the TAP device. */
    public String tap() {
        return tap;
    }

    /** The addresses of our stack that the command line gives. */
    public List<Cidr> addresses() {
        return addresses.stream().flatMap(each -> each.given().stream()).toList();
    }

    /** True if the network gives addresses, too. */
    public boolean hasAddressesOfTheNetwork() {
        return addresses().size() < addresses.size();
    }

    /** DHCP, if the command line asks for it. */
    public Optional<DhcpConfig> dhcp() {
        return asks(AddressOption.Way.DHCP)
                ? Optional.of(new DhcpConfig("", null, asks(AddressOption.Way.LINK_LOCAL)))
                : Optional.empty();
    }

    /** True if IPv6 routers give addresses. */
    public boolean autoconfiguration() {
        return asks(AddressOption.Way.AUTO);
    }

    /** The longest wait for an address from the network. */
    public Duration dhcpTimeout() {
        return dhcpTimeout;
    }

    private boolean asks(final AddressOption.Way way) {
        return addresses.stream().anyMatch(each -> each.way() == way);
    }

    /** The first address of the host's end of the link. */
    public Cidr hostAddress() {
        return hostAddresses.get(0);
    }

    /** The addresses of the host's end of the link; at least one. */
    public List<Cidr> hostAddresses() {
        return List.copyOf(hostAddresses);
    }

    /** True if the command line has neither {@code --address} nor {@code --host-address}. */
    boolean hasDefaultAddresses() {
        return addresses.equals(List.of(AddressOption.parse(DEFAULT_ADDRESS)))
                && hostAddresses.equals(List.of(Cidr.parse("10.0.0.1/24")));
    }

    /** Adds an address to both ends. */
    void add(final Cidr ours, final Cidr hosts) {
        addresses.add(new AddressOption(AddressOption.Way.GIVEN, Optional.of(ours)));
        hostAddresses.add(hosts);
    }

    /** The routes by a router, those of {@code --gateway} first. */
    public List<StaticRoute> routes() {
        return Stream.concat(gateways.stream().map(router -> StaticRoute.byDefault(Cidr.ip(router))), routes.stream())
                .toList();
    }

    /** The largest IP packet in bytes. */
    public int mtu() {
        return mtu;
    }

    /** The file to capture frames to, if any. */
    public Optional<Path> pcap() {
        return pcap;
    }

    /** The probability that a frame is lost, from 0 to 1. */
    public double loss() {
        return loss;
    }

    /** The delay of a frame, one way. */
    public Duration delay() {
        return delay;
    }

    /** The seed of random numbers, if there are any. */
    public OptionalLong seed() {
        return seed.isPresent() ? OptionalLong.of(seed.get()) : OptionalLong.empty();
    }

    /** True if the link is impaired. */
    public boolean impaired() {
        return loss > 0 || !delay.isZero();
    }

    /** True if the host must not merge our segments; see {@link io.tapstack.tap.TapConfig#hostBatching()}. */
    public boolean noHostBatching() {
        return noHostBatching;
    }

    /** The way in which frames pass to the TAP. */
    public TapIo tapIo() {
        return tapIo;
    }

    /** True for a device without offload. */
    public boolean noOffload() {
        return noOffload;
    }

    /** The mode of path MTU probing, if not the default. */
    public Optional<MtuProbingMode> mtuProbing() {
        return mtuProbing;
    }

    /** The congestion control of our connections, if not the default. */
    public Optional<String> congestionControl() {
        return congestionControl;
    }

    /** The number of queues of the TAP, with a stack each. */
    public int queues() {
        return queues;
    }

    /** True if the stack never sleeps. */
    public boolean busyPoll() {
        return busyPoll;
    }

    /** True if this JVM runs in a network namespace of its own. */
    public boolean privateNetwork() {
        return privateNetwork;
    }

    /** The TCP/IP to use. */
    public Network network() {
        return network;
    }

    /** Refuses options that contradict each other. A command calls it before anything else. */
    public void validate(final CommandSpec spec) {
        try {
            check();
        } catch (final IllegalArgumentException e) {
            throw Failure.refused(spec, e);
        }
        if (privateNetwork && System.getenv("TAPSTACK_PRIVATE") == null) {
            throw new Failure("--private works through the launcher: run bin/tapstack");
        }
    }

    private void check() {
        if (!TAP_NAME.matcher(tap).matches()) {
            throw new IllegalArgumentException(
                    "--tap '" + tap + "' is not a device name of up to 15 letters and digits");
        }
        if (queues > MAX_QUEUES) {
            throw new IllegalArgumentException("--queues " + queues + " is more than the " + MAX_QUEUES + " of a TAP");
        }
        checkAddresses();
        checkRouters();
        if (network == Network.KERNEL && congestionControl.isPresent()) {
            throw new IllegalArgumentException("--cc is for our TCP; the kernel's is chosen by sysctl");
        }
    }

    private void checkAddresses() {
        checkWays();
        final List<Cidr> given = addresses();
        given.forEach(each -> each.requireHost("--address"));
        hostAddresses.forEach(each -> each.requireHost("--host-address"));
        final Set<InetAddress> seen = new HashSet<>();
        for (final Cidr each : given) {
            if (!seen.add(each.address())) {
                throw new IllegalArgumentException("--address " + each + " is given twice");
            }
        }
        for (final Cidr host : hostAddresses) {
            if (!seen.add(host.address())) {
                throw new IllegalArgumentException(
                        "--address and --host-address are the same: two ends need two addresses");
            }
            final boolean neighbors = given.stream()
                    .anyMatch(ours -> ours.contains(host.address()) && ours.prefixLength() == host.prefixLength());
            if (!neighbors && !hasAddressesOfTheNetwork()) {
                throw new IllegalArgumentException("--address " + joined(addresses) + " and --host-address " + host
                        + " are not in one network: set both, e.g. 10.0.0.2/24 and 10.0.0.1/24");
            }
        }
    }

    private void checkWays() {
        if (asks(AddressOption.Way.LINK_LOCAL) && !asks(AddressOption.Way.DHCP)) {
            throw new IllegalArgumentException(
                    "--address link-local is for a network where no DHCP server answers: --address dhcp,link-local");
        }
        if (asks(AddressOption.Way.DHCP) && queues > 1) {
            throw new IllegalArgumentException("--address dhcp works with one queue: leave out --queues");
        }
        if (hasAddressesOfTheNetwork() && network == Network.KERNEL) {
            throw new IllegalArgumentException("--address dhcp and auto are for our stack, not for the kernel's");
        }
    }

    private void checkRouters() {
        for (final InetAddress router : gateways) {
            if (gateways.stream()
                            .filter(each ->
                                    Cidr.ip(each).isIpv4() == Cidr.ip(router).isIpv4())
                            .count()
                    > 1) {
                throw new IllegalArgumentException("--gateway is given twice for one family");
            }
        }
        for (final StaticRoute route : routes()) {
            final IpAddress router = route.gateway();
            final boolean onLink = !router.isIpv4() && router.isLinkLocal()
                    || addresses().stream().anyMatch(each -> router.hasPrefix(each.ip(), each.prefixLength()));
            if (!onLink) {
                final String option =
                        gateways.stream().anyMatch(each -> Cidr.ip(each).equals(router))
                                ? "--gateway " + router
                                : "--route '" + route + "': the router";
                throw new IllegalArgumentException(option + " is not in the network of --address " + joined(addresses));
            }
        }
    }

    private static String joined(final List<AddressOption> all) {
        return all.stream().map(AddressOption::toString).collect(Collectors.joining(", "));
    }
}
