package io.tapstack.cli;

import io.tapstack.names.DnsRecord;
import io.tapstack.names.StubResolver;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapstack resolve NAME}: the addresses of names. */
@Command(
        name = "resolve",
        description = "Look up names by our own UDP and TCP: the addresses of each, the best one first.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:done",
            "1:no network",
            "2:the command line makes no sense",
            "6:a name has no address, or no DNS server answers"
        })
final class Resolve implements Callable<Integer> {

    private static final int UNKNOWN_HOST = 6;

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "what to look up, e.g. www.example.com")
    private List<String> names = List.of();

    @Option(names = "--type", paramLabel = "TYPE", description = "records of this type instead, e.g. MX or TXT")
    private Optional<String> type = Optional.empty();

    @Mixin
    private NameOptions dns = new NameOptions();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    Resolve(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        link.validate(spec);
        try {
            dns.check(link);
            if (type.isPresent() && !StubResolver.isType(type.get())) {
                throw new IllegalArgumentException(
                        "--type '" + type.get() + "' is not a type of DNS records such as A, AAAA or MX");
            }
        } catch (final IllegalArgumentException e) {
            throw Failure.refused(spec, e);
        }
        LogLevel.quiet();
        try (Session session = sessions.open(link)) {
            session.awaitAddresses();
            if (session.transport() instanceof TapstackTransport ours) {
                try (StubResolver resolver = dns.resolver(ours)) {
                    print(resolver);
                }
            } else {
                printAsTheMachineDoes();
            }
            return 0;
        } catch (final UnknownHostException e) {
            throw new Failure(UNKNOWN_HOST, String.valueOf(e.getMessage()));
        }
    }

    private void print(final StubResolver resolver) throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        for (final String name : names) {
            if (type.isPresent()) {
                for (final DnsRecord record : resolver.records(name, type.get())) {
                    out.println(
                            record.name() + ". " + record.ttlSeconds() + " IN " + record.type() + ' ' + record.data());
                }
            } else {
                for (final IpAddress address : resolver.resolve(name)) {
                    out.println(address + " " + name);
                }
            }
            out.flush();
        }
    }

    private void printAsTheMachineDoes() throws UnknownHostException {
        if (type.isPresent()) {
            throw new Failure("--type needs our own network");
        }
        for (final String name : names) {
            for (final InetAddress address : InetAddress.getAllByName(name)) {
                spec.commandLine().getOut().println(address.getHostAddress() + " " + name);
            }
        }
        spec.commandLine().getOut().flush();
    }
}
