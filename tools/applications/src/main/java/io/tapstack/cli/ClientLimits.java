package io.tapstack.cli;

import io.tapstack.echo.EchoServer;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options of {@code echo} and {@code proxy} that limit their clients. */
final class ClientLimits {

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "" + EchoServer.MAX_CONNECTIONS,
            converter = Converters.ForCount.class,
            description = "TCP clients at a time; more are reset, unless an idle one gives way (${DEFAULT-VALUE})")
    private int maxConnections = EchoServer.MAX_CONNECTIONS;

    @Option(
            names = "--idle-time",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Converters.ForDuration.class,
            description = "a client gives way to a new one if nothing has moved for so long (${DEFAULT-VALUE})")
    private Duration idle = Duration.ofSeconds(60);

    ClientLimits() {}

    /** The limit of TCP clients at a time. */
    int maxConnections() {
        return maxConnections;
    }

    /** The time without bytes after which a client gives way. */
    Duration idle() {
        return idle;
    }
}
