package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.lab.Server;
import java.time.Duration;
import java.util.List;

/** Starts {@code part.RawSender}. */
final class RawServer {

    private static final String MAIN = "io.tapstack.bench.part.RawSender";
    private static final int PORT = 7000;
    private static final Duration START = Duration.ofSeconds(30);

    private RawServer() {}

    /** @param frames {@code super} or {@code frames} */
    static Server start(final Lab lab, final String frames) throws BenchFailure, InterruptedException {
        final Link link = lab.newLink();
        final Child process = lab.start(
                "raw sender",
                Lab.jvm(
                        List.of(),
                        MAIN,
                        List.of(
                                link.tap(),
                                link.address(),
                                link.hostAddress(),
                                String.valueOf(Link.PREFIX_LENGTH),
                                String.valueOf(PORT),
                                lab.file().toString(),
                                frames)));
        process.line(START);
        return new Server(process, link.address(), PORT);
    }
}
