package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.transport.FakeListener;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.LateListener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a server whose connections wait without a thread. */
@Timeout(20)
class ClosingServerTest {

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path root;

    @Test
    void aConnectionThatIsJustBeingAcceptedIsClosed() throws Exception {
        final CountDownLatch accepting = new CountDownLatch(1);
        final Transport late = FakeListener.transport(
                new WakingTransport(new JdkTransport()), below -> new LateListener(below, accepting));
        final HttpServer server = HttpServer.start(late, ANY, root, ServerConfig.standard());
        try (StreamConnection client = new JdkTransport().connect(server.address(), Duration.ofSeconds(5))) {
            accepting.await();
            server.close();
            assertThat(server.connectionCount()).isZero();
            client.readTimeoutMillis(5_000);
            assertThat(client.input().read()).isEqualTo(-1);
        }
    }
}
