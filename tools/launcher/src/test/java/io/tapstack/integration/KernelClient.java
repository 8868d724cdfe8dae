package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** A client of the host that requests one file and reads it as slowly as the test wants. */
final class KernelClient implements AutoCloseable {

    private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

    private final Socket socket = new Socket();
    private final InputStream input;
    private long received;

    /**
     * The end of a download.
     *
     * @param failure the exception of a read; without one, the stream has ended in order
     */
    record End(long bytes, Optional<IOException> failure) {}

    KernelClient(final InetAddress server) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
        socket.connect(new InetSocketAddress(server, TestNetwork.HTTP_PORT), 10_000);
        socket.setSoTimeout(30_000);
        input = socket.getInputStream();
    }

    /** Requests a file of {@link TestBytes} and reads the head of the answer. */
    KernelClient get(final String name) throws IOException {
        send("GET /" + name + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            final int next = input.read();
            assertThat(next).as("after %s", head).isNotNegative();
            head += (char) next;
        }
        assertThat(head).startsWith("HTTP/1.1 200");
        return this;
    }

    void send(final String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads {@code count} bytes of the body, which must be right. */
    KernelClient read(final int count) throws IOException {
        final byte[] bytes = input.readNBytes(count);
        assertThat(bytes).hasSize(count);
        check(bytes, count);
        return this;
    }

    /** Reads until the connection ends; every byte must be right. */
    End readToEnd() {
        final byte[] buffer = new byte[1 << 16];
        try {
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                check(buffer, count);
            }
            return new End(received, Optional.empty());
        } catch (final IOException e) {
            return new End(received, Optional.of(e));
        }
    }

    /** Reads the bytes that have arrived. */
    void readToNow() throws IOException {
        while (input.available() > 0) {
            read(Math.min(1 << 16, input.available()));
        }
    }

    private void check(final byte[] bytes, final int count) {
        final long start = received & ~7;
        final int skip = (int) (received - start);
        final byte[] expected = TestBytes.at(start, skip + count);
        assertThat(Arrays.mismatch(bytes, 0, count, expected, skip, skip + count))
                .as("wrong byte, of those from %d", received)
                .isEqualTo(-1);
        received += count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
