package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.lab.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts {@code tapstack serve}. */
final class SiteServer {

    /** Requests are not logged: the reference does not log them either. */
    static final String NO_ACCESS_LOG = "--no-access-log";

    private static final int PORT = 80;
    private static final Duration START = Duration.ofSeconds(30);

    private SiteServer() {}

    /** Serves a directory or a file at a TAP of its own. */
    static Server start(final Lab lab, final Path root, final String... options)
            throws BenchFailure, InterruptedException {
        final Link link = lab.newLink();
        final List<String> arguments = new ArrayList<>(List.of("serve", "--port", String.valueOf(PORT)));
        arguments.addAll(link.options());
        arguments.addAll(List.of(options));
        arguments.add(root.toString());
        final Child process = lab.start("tapstack serve", Lab.tapstack(arguments));
        final String line = process.line(START);
        if (!line.startsWith("ready")) {
            throw new BenchFailure("tapstack serve says: " + line);
        }
        return new Server(process, link.address(), PORT);
    }
}
