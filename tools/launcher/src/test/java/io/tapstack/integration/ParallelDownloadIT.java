package io.tapstack.integration;

import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServeMethod;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many downloads at once, of different files: none gets a byte of another. */
@Timeout(60)
class ParallelDownloadIT {

    private static final int DOWNLOADS = 50;
    private static final int FILE_BYTES = 2 << 20;

    @TempDir
    private Path served;

    @TempDir
    private Path received;

    @ParameterizedTest
    @EnumSource
    void fifty(final Offload offload) throws Exception {
        ParallelDownloads.prepare(served, DOWNLOADS, FILE_BYTES);
        try (TestNetwork network = TestNetwork.open(offload)) {
            final HttpServer server = network.serve(served, ServeMethod.SENDFILE);
            ParallelDownloads.run(network, served, received, DOWNLOADS);
            Awaitility.await("the connections' end")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> server.connectionCount() == 0 && network.bytesInUse() == 0);
        }
    }
}
