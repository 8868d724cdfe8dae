package io.tapstack.conformance.command;

import io.tapstack.agent.AgentConfig;
import io.tapstack.agent.ConformanceAgent;
import io.tapstack.cli.Cidr;
import io.tapstack.cli.Converters;
import io.tapstack.cli.Failure;
import io.tapstack.cli.Main;
import io.tapstack.cli.StopSignal;
import io.tapstack.conformance.setting.Setting;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapstack conformance-agent}: the stack as the object of a test suite. */
@Command(
        name = "conformance-agent",
        description = {
            "Put the stack behind a Unix-domain socket, so that test suites can drive it call by call. Ends on SIGTERM or Ctrl-C.",
            "",
            "docs/agent.md says what can be asked, and how."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class AgentCommand implements Callable<Integer> {

    /** The time of the stack. */
    private enum Time {
        VIRTUAL,
        REAL
    }

    private static final String TAP_PREFIX = "tap:";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--socket", paramLabel = "PATH", required = true, description = "where to listen")
    private Path socket = Path.of("");

    @Option(
            names = "--clock",
            paramLabel = "CLOCK",
            description = "virtual: time moves by calls alone; real (virtual with --link agent, else real)")
    private Optional<Time> clock = Optional.empty();

    @Option(
            names = "--link",
            paramLabel = "LINK",
            defaultValue = "agent",
            description = "agent: packets come and go by calls; tap:NAME: a TAP (${DEFAULT-VALUE})")
    private String link = "agent";

    @Option(
            names = "--local",
            paramLabel = "ADDR/PREFIX",
            defaultValue = "10.0.0.2/24",
            converter = Converters.ForCidr.class,
            description = "address of the stack; may be given once for each family (${DEFAULT-VALUE})")
    private List<Cidr> locals = new ArrayList<>(List.of(Cidr.parse("10.0.0.2/24")));

    @Option(
            names = "--gateway",
            paramLabel = "ADDR",
            converter = Converters.ForAddress.class,
            description = "where packets for other networks of its family go; without one, they go nowhere")
    private List<InetAddress> gateways = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting, such as mtu=576 or cc=reno; may be given several times")
    private List<String> settings = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        final AgentConfig config = config();
        final StopSignal stop = StopSignal.install();
        try (ConformanceAgent agent = start(config)) {
            final PrintWriter out = spec.commandLine().getOut();
            out.println("agent ready " + socket);
            out.flush();
            stop.await();
        }
        return 0;
    }

    private ConformanceAgent start(final AgentConfig config) throws IOException {
        try {
            return ConformanceAgent.start(config);
        } catch (final IllegalArgumentException e) {
            throw Failure.refused(spec, e);
        }
    }

    private AgentConfig config() {
        try {
            locals.forEach(each -> each.requireHost("--local"));
            requireOneOfEach("--local", locals.stream().map(Cidr::ip).toList());
            requireOneOfEach("--gateway", gateways.stream().map(Cidr::ip).toList());
            gateways.forEach(this::requireOnLink);
            final Optional<String> tap = tap();
            return new AgentConfig(
                    socket,
                    clock.orElse(tap.isPresent() ? Time.REAL : Time.VIRTUAL) == Time.VIRTUAL,
                    tap,
                    locals.stream()
                            .map(each -> new InterfaceAddress(each.ip(), each.prefixLength()))
                            .toList(),
                    gateways.stream().map(Cidr::ip).toList(),
                    settings.stream().map(Setting::parse).toList());
        } catch (final IllegalArgumentException e) {
            throw Failure.refused(spec, e);
        }
    }

    private Optional<String> tap() {
        if (link.equals("agent")) {
            return Optional.empty();
        }
        if (!link.startsWith(TAP_PREFIX) || link.length() == TAP_PREFIX.length()) {
            throw new IllegalArgumentException("--link " + link + " is neither agent nor tap:NAME");
        }
        return Optional.of(link.substring(TAP_PREFIX.length()));
    }

    private static void requireOneOfEach(final String option, final List<IpAddress> addresses) {
        if (addresses.stream().map(IpAddress::isIpv4).distinct().count() < addresses.size()) {
            throw new IllegalArgumentException(option + " is given twice for one family");
        }
    }

    private void requireOnLink(final InetAddress router) {
        final IpAddress address = Cidr.ip(router);
        if (!address.isIpv4() && address.isLinkLocal()) {
            return;
        }
        final Cidr sameFamily = locals.stream()
                .filter(each -> each.ip().isIpv4() == address.isIpv4())
                .findFirst()
                .orElse(locals.get(0));
        sameFamily.requireGateway(router, "--local");
    }
}
