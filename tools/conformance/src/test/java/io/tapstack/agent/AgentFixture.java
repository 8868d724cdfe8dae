package io.tapstack.agent;

import io.tapstack.conformance.setting.Setting;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** An agent in this JVM, and connections to it. */
final class AgentFixture implements AutoCloseable {

    /** The stack's address. */
    static final String LOCAL = "10.0.0.2";

    /** Another host on its network. */
    static final String PEER = "10.0.0.1";

    /** The same of IPv6, for a stack of both. */
    static final String LOCAL6 = "fd00::2";

    static final String PEER6 = "fd00::1";

    private final Path directory;
    private final Path path;
    private final ConformanceAgent agent;
    private final Deque<AgentClient> clients = new ArrayDeque<>();

    AgentFixture(final boolean virtual, final String... settings) throws IOException {
        this(virtual, List.of(InterfaceAddress.parse(LOCAL + "/24")), settings);
    }

    AgentFixture(final boolean virtual, final List<InterfaceAddress> locals, final String... settings)
            throws IOException {
        this(virtual, locals, List.of(IpAddress.parse(PEER)), settings);
    }

    private AgentFixture(
            final boolean virtual,
            final List<InterfaceAddress> locals,
            final List<IpAddress> gateways,
            final String... settings)
            throws IOException {
        directory = Files.createTempDirectory("agent");
        path = directory.resolve("socket");
        agent = ConformanceAgent.start(new AgentConfig(
                path,
                virtual,
                Optional.empty(),
                locals,
                gateways,
                List.of(settings).stream().map(Setting::parse).toList()));
    }

    /** An agent in virtual time with an address and a gateway of each family. */
    static AgentFixture ofBothFamilies() throws IOException {
        return new AgentFixture(
                true,
                List.of(InterfaceAddress.parse(LOCAL + "/24"), InterfaceAddress.parse(LOCAL6 + "/64")),
                List.of(IpAddress.parse(PEER), IpAddress.parse(PEER6)));
    }

    Path path() {
        return path;
    }

    AgentClient connect() throws IOException {
        final AgentClient client = new AgentClient(path);
        clients.push(client);
        return client;
    }

    /** Makes calls on another thread. */
    static <T> FutureTask<T> concurrently(final Callable<T> calls) {
        final FutureTask<T> task = new FutureTask<>(calls);
        final Thread thread = new Thread(task, "suite");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Override
    public void close() throws IOException {
        while (!clients.isEmpty()) {
            clients.pop().close();
        }
        agent.close();
        Files.delete(directory);
    }
}
