package io.tapstack.examples;

// tag::all[]
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.nio.charset.StandardCharsets;

/** A server and a client on a network in memory: no root, no TAP, any operating system. */
public final class EchoInMemory {

    public static void main(final String[] args) throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(7)) {
            network.start("echo", () -> {
                try (TapSocket peer = listener.accept()) {
                    peer.input().transferTo(peer.output());
                }
            });
            try (TapSocket socket = client.connect("10.0.0.1", 7)) {
                socket.output().write("hello".getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                System.out.println(new String(socket.input().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
// end::all[]
