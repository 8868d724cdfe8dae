package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServeMethod;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A flood of SYNs (RFC 4987): connections continue, new ones are opened by a cookie, and memory does not grow. */
@Timeout(60)
class SynFloodIT {

    private static final int SYNS = 100_000;
    private static final int PER_SECOND = 100_000;
    private static final int SIZE = 512 << 20;

    @TempDir
    private Path directory;

    private final AtomicReference<FloodedLink> link = new AtomicReference<>();
    private TestNetwork network;
    private TestFile file;

    @BeforeEach
    void open() throws Exception {
        file = TestFile.write(directory.resolve("file"), SIZE);
        network = TestNetwork.open((tap, host, stack) -> {
            link.set(new FloodedLink(tap, host, stack, TestNetwork.HTTP_PORT));
            return link.get();
        });
        network.serve(directory, ServeMethod.SENDFILE);
        // The host does not know those connections, and would send resets.
        HostPrograms.run("nft", """
                table netdev %1$s {
                    chain out {
                        type filter hook egress device "%1$s" priority 0;
                        tcp flags rst drop
                    }
                }
                """.formatted(network.tap()));
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @Test
    void flood() throws Exception {
        download();
        link.get().flood(SYNS, PER_SECOND);
        download();
        // A new connection in the middle of the flood, when the SYN queue is full.
        Awaitility.await("the SYN queue is full").until(() -> halfOpen() == TcpLimits.DEFAULT.halfOpen());
        download();
        Awaitility.await("the end of the flood").until(() -> link.get().isOver());
        assertThat(cookies()).isGreaterThan(SYNS / 2);
        final long returned = network.look(stack -> stack.statistics().synCookiesReceived);
        assertThat(returned).isPositive();
        assertThat(halfOpen()).isLessThanOrEqualTo(TcpLimits.DEFAULT.halfOpen());
        Awaitility.await("memory is given back").until(() -> network.bytesInUse() == 0);
    }

    private long cookies() {
        return network.look(stack -> stack.statistics().synCookiesSent);
    }

    private int halfOpen() {
        return network.look(stack ->
                stack.tcp().listeners().stream().mapToInt(TcpListener::halfOpen).sum());
    }

    private void download() throws Exception {
        assertThat(HostPrograms.script(
                        "curl -sS --fail --max-time 30 " + network.url("file") + " -o /dev/null -w '%{size_download}'"))
                .isEqualTo(Integer.toString(SIZE));
    }
}
