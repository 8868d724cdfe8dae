package io.tapstack.examples;

import io.tapstack.names.HostsFile;
import io.tapstack.names.ResolverConfig;
import io.tapstack.names.StubResolver;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;

/** Hosts that know each other by name. */
public final class NamedHosts {

    private NamedHosts() {}

    /** Connects to a name of a list. */
    public static void main(final String[] args) throws Exception {
        // tag::names[]
        HostsFile hosts = HostsFile.parse("10.0.0.1 server\n10.0.0.2 client\n");
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client")
                        .address("10.0.0.2/24")
                        .resolver(StubResolver.with(ResolverConfig.DEFAULT.withHosts(hosts)))
                        .start();
                TapServerSocket listener = server.listen(7);
                TapSocket socket = client.connect("server", 7)) {
            System.out.println(socket.remoteAddress());
        }
        // end::names[]
    }
}
