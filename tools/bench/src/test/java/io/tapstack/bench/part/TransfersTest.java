package io.tapstack.bench.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.transport.JdkTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of both ends of a transfer. */
class TransfersTest {

    private static final int SIZE = 3_000_001;

    @TempDir
    private Path directory;

    private Path file = Path.of("");
    private byte[] bytes = {};

    @BeforeEach
    void file() throws IOException {
        bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        file = Files.write(directory.resolve("file"), bytes);
    }

    @Test
    void fileAgainAndAgain() throws IOException {
        final byte[] twice = Arrays.copyOf(bytes, SIZE + 500);
        System.arraycopy(bytes, 0, twice, SIZE, 500);
        assertThat(Content.of(file).hashOfFile(SIZE + 500))
                .isEqualTo(Content.sha256().digest(twice));
    }

    @Test
    void bufferAgainAndAgain() throws IOException {
        final byte[] cycles = new byte[2500];
        for (int i = 0; i < cycles.length; i++) {
            cycles[i] = bytes[i % 1000];
        }
        assertThat(Content.of(file).hashOfBuffer(2500, 1000))
                .isEqualTo(Content.sha256().digest(cycles));
    }

    @Test
    void requestsOnTheWire() throws IOException {
        final TransferRequest request = new TransferRequest(TransferRequest.Kind.BOTH, true, 1L << 40);
        final ByteBuffer buffer = ByteBuffer.allocate(TransferRequest.BYTES);
        request.write(buffer);
        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(TransferRequest.read(buffer.flip())).isEqualTo(request);
        buffer.put(0, (byte) 'x').rewind();
        assertThatThrownBy(() -> TransferRequest.read(buffer)).isInstanceOf(IOException.class);
    }

    @Test
    void everyKindOverTheKernel() throws Exception {
        try (BulkServer server = BulkServer.start(
                new JdkTransport(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), file)) {
            final Load load = new Load(Content.of(file));
            final String to = "127.0.0.1 " + server.address().getPort();
            for (final TransferRequest.Kind kind : TransferRequest.Kind.values()) {
                for (int flows = 1; flows <= 3; flows += 2) {
                    assertThat(load.answer(("bulk " + to + ' ' + kind + " 5000000 true " + flows).split(" ")))
                            .as("%d of %s", flows, kind)
                            .matches("ok [0-9]+");
                }
            }
            assertThat(load.answer(("what " + to).split(" "))).isEqualTo("no command what");
        }
    }

    @Test
    void wrongBytesAreFound() throws Exception {
        final Path other = Files.write(directory.resolve("other"), new byte[SIZE]);
        try (BulkServer server = BulkServer.start(
                new JdkTransport(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), other)) {
            final Load load = new Load(Content.of(file));
            final String to = "127.0.0.1 " + server.address().getPort();
            for (final String kind : new String[] {"SENDFILE", "COPY"}) {
                for (int flows = 1; flows <= 3; flows += 2) {
                    assertThat(load.answer(("bulk " + to + ' ' + kind + " 3000000 true " + flows).split(" ")))
                            .contains("SHA-256");
                }
            }
        }
    }
}
