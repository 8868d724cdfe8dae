package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.Flow;
import io.tapstack.event.StackEvents;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.tap.TapIo;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bulk data between the stack's sockets and the kernel's, in both directions, also at once. */
@Timeout(60)
class BulkSocketIT {

    private static final long MIB = 1 << 20;
    private static final int PORT = 7000;
    private static final long FAR = 1L << 40;

    private final Threads threads = new Threads();
    private TestNetwork network;

    @AfterEach
    void close() throws Exception {
        threads.close();
        network.close();
    }

    @ParameterizedTest
    @EnumSource
    void uploadToTheStack(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        try (Listener listener = network.transport().listen(new InetSocketAddress(network.address(), PORT), 8)) {
            final Future<Summary> sink = threads.start(() -> {
                try (StreamConnection connection = listener.accept()) {
                    return TestBytes.readAll(connection.input());
                }
            });
            final Summary sent;
            try (Socket client = new Socket(network.address(), PORT)) {
                sent = TestBytes.write(client.getOutputStream(), 0, 256 * MIB);
            }
            assertThat(Threads.result(sink)).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @EnumSource
    void uploadFromTheStack(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        try (ServerSocket server = new ServerSocket(PORT, 8, network.hostAddress())) {
            final Future<Summary> sink = threads.start(() -> {
                try (Socket connection = server.accept()) {
                    return TestBytes.readAll(connection.getInputStream());
                }
            });
            final Summary sent;
            try (StreamConnection client = connect()) {
                sent = TestBytes.write(client.output(), 0, 128 * MIB);
            }
            assertThat(Threads.result(sink)).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @CsvSource({"ON, URING", "OFF, URING", "ON, SYSCALLS", "OFF, SYSCALLS"})
    void bothDirectionsAtOnce(final Offload offload, final TapIo io) throws Exception {
        network = TestNetwork.open(offload, io);
        try (ServerSocket server = new ServerSocket(PORT, 8, network.hostAddress());
                StreamConnection stack = connect();
                Socket kernel = server.accept()) {
            final Future<Summary> stackReads = threads.start(() -> TestBytes.readAll(stack.input()));
            final Future<Summary> kernelReads = threads.start(() -> TestBytes.readAll(kernel.getInputStream()));
            final Future<Summary> stackWrites = threads.start(() -> {
                final Summary written = TestBytes.write(stack.output(), 0, 64 * MIB);
                stack.shutdownOutput();
                return written;
            });
            final Summary kernelWritten = TestBytes.write(kernel.getOutputStream(), FAR, 64 * MIB);
            kernel.shutdownOutput();
            assertThat(Threads.result(kernelReads)).isEqualTo(Threads.result(stackWrites));
            assertThat(Threads.result(stackReads)).isEqualTo(kernelWritten);
        }
    }

    /** Closed windows: a reader that pauses, and reads one byte at a time at the start. */
    @ParameterizedTest
    @EnumSource
    void readerThatLagsBehind(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        try (Listener listener = network.transport().listen(new InetSocketAddress(network.address(), PORT), 8);
                Socket kernel = new Socket(network.address(), PORT);
                StreamConnection stack = listener.accept()) {
            final Future<Summary> written = threads.start(() -> {
                final Summary sent = TestBytes.write(kernel.getOutputStream(), 0, 16 * MIB);
                kernel.shutdownOutput();
                return sent;
            });
            // The receive queue, of 64 KiB without a reader, is full and the window closed, long before the first read.
            Awaitility.await().until(() -> network.bytesInUse() >= 60_000);
            for (int i = 0; i < 3_000; i++) {
                assertThat(stack.input().read()).isEqualTo(TestBytes.at(0, 3_000)[i] & 0xff);
            }
            final byte[] rest = stack.input().readAllBytes();
            assertThat(Threads.result(written).count()).isEqualTo(3_000 + rest.length);
            assertThat(Arrays.mismatch(
                            rest, 0, rest.length, TestBytes.at(0, (int) (16 * MIB)), 3_000, (int) (16 * MIB)))
                    .isEqualTo(-1);
        }
    }

    /** The kernel reads nothing, so the stack probes its closed window; data from the kernel still arrives. */
    @ParameterizedTest
    @EnumSource
    void oneDirectionStandsStill(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        final AtomicBoolean closed = new AtomicBoolean();
        network.observe(new StackEvents() {

            @Override
            public void peerWindow(final Flow flow, final int bytes) {
                closed.set(bytes == 0);
            }
        });
        try (ServerSocket server = new ServerSocket(PORT, 8, network.hostAddress());
                StreamConnection stack = connect();
                Socket kernel = server.accept()) {
            final Future<Summary> stackWrites = threads.start(() -> {
                final Summary written = TestBytes.write(stack.output(), 0, 32 * MIB);
                stack.shutdownOutput();
                return written;
            });
            Awaitility.await("the window is closed").untilTrue(closed);
            final long before = network.segmentsSent();
            Awaitility.await("it is probed").until(() -> network.segmentsSent() > before);
            final Future<Summary> stackReads = threads.start(() -> TestBytes.readAll(stack.input()));
            final Summary kernelWritten = TestBytes.write(kernel.getOutputStream(), FAR, 16 * MIB);
            kernel.shutdownOutput();
            assertThat(Threads.result(stackReads)).isEqualTo(kernelWritten);
            assertThat(TestBytes.readAll(kernel.getInputStream())).isEqualTo(Threads.result(stackWrites));
        }
    }

    private StreamConnection connect() throws IOException {
        return network.transport().connect(new InetSocketAddress(network.hostAddress(), PORT), Duration.ofSeconds(10));
    }
}
