package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.httpd.ServeMethod;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One frame in twenty is lost, each way, by nftables: slower, but every byte arrives. */
@Timeout(60)
class LossIT {

    private static final int PORT = 7000;
    private static final long BYTES = 2 << 20;

    @TempDir
    private Path directory;

    private final Threads threads = new Threads();
    private TestNetwork network;

    private void open(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        // Otherwise a rule drops a super-segment of 64 KiB at a time.
        HostPrograms.run("ip", "link", "set", network.tap(), "gso_max_segs", "1");
        // ARP first: a SYN that waits for its second try is a round trip of a second to the host's TCP, which then has
        // an RTO of three.
        HostPrograms.run("ping", "-c", "1", network.ip());
        LossyLink.make(network.tap(), 5);
    }

    @AfterEach
    void close() throws Exception {
        threads.close();
        LossyLink.repair(network.tap());
        network.close();
    }

    @ParameterizedTest
    @EnumSource
    void download(final Offload offload) throws Exception {
        final TestFile file = TestFile.write(directory.resolve("file"), BYTES);
        open(offload);
        network.serve(directory, ServeMethod.SENDFILE);
        assertThat(HostPrograms.script("curl -sS --fail --max-time 55 " + network.url(file.name()) + " | sha256sum"))
                .startsWith(file.sha256());
    }

    @ParameterizedTest
    @EnumSource
    void upload(final Offload offload) throws Exception {
        open(offload);
        try (Listener listener = network.transport().listen(new InetSocketAddress(network.address(), PORT), 8)) {
            final Future<Summary> sink = threads.start(() -> {
                try (StreamConnection connection = listener.accept()) {
                    return TestBytes.readAll(connection.input());
                }
            });
            final Summary sent;
            try (Socket client = new Socket(network.address(), PORT)) {
                sent = TestBytes.write(client.getOutputStream(), 0, BYTES);
            }
            assertThat(Threads.result(sink)).isEqualTo(sent);
        }
        assertThat(network.drops(DropReason.ETHERNET_NOT_FOR_US))
                .as("frames lost on the way to the stack")
                .isPositive();
    }
}
