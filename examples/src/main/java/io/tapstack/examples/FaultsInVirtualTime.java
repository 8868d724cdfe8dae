package io.tapstack.examples;

import io.tapstack.link.Impairment;
import io.tapstack.network.Activity;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.time.Duration;

/** A transfer over a bad link that is cut for a minute, in virtual time: the same in each run, in milliseconds. */
public final class FaultsInVirtualTime {

    private static final int BYTES = 1_000_000;

    public static void main(final String[] args) throws Exception {
        // tag::faults[]
        Impairment bad = Impairment.NONE.withDelay(20_000_000).withLoss(0.01).withRate(1_000_000, 64_000);
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .seed(42)
                        .impairment(bad)
                        .build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(80)) {
            Activity sending = network.start("sending", () -> {
                try (TapSocket peer = listener.accept()) {
                    peer.output().write(new byte[BYTES]);
                }
            });
            network.start("faults", () -> {
                network.sleep(Duration.ofMillis(500));
                network.partition("server", "client");
                network.sleep(Duration.ofMinutes(1));
                network.heal();
            });
            try (TapSocket socket = client.connect("10.0.0.1", 80)) {
                int received = socket.input().readAllBytes().length;
                System.out.println(
                        received + " bytes after " + network.elapsed().toSeconds() + " s");
            }
            sending.join();
        }
        // end::faults[]
    }
}
