package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import java.io.IOException;

/** Idle connections to a server. */
final class Crowd {

    private final LoadProcess load;
    private final Server server;
    private final int count;

    private Crowd(final LoadProcess load, final Server server, final int count) {
        this.load = load;
        this.server = server;
        this.count = count;
    }

    /** Opens connections. */
    static Crowd open(final Lab lab, final Server server, final int count) throws IOException, InterruptedException {
        final Crowd crowd = new Crowd(lab.load(), server, count);
        crowd.ask("open", count);
        crowd.check();
        return crowd;
    }

    /**
     * Checks that all are still open.
     *
     * @throws BenchFailure if not
     */
    void check() throws IOException, InterruptedException {
        final long alive = load.ask("alive", server.address(), server.port())[0];
        if (alive != count) {
            throw new BenchFailure("of " + count + " connections only " + alive + " are open");
        }
    }

    /** Closes them. */
    void close() throws IOException, InterruptedException {
        load.ask("close", server.address(), server.port());
    }

    private void ask(final String command, final int argument) throws IOException, InterruptedException {
        load.ask(command, server.address(), server.port(), argument);
    }
}
