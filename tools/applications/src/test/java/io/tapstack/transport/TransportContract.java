package io.tapstack.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.socket.MappedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of every transport: the same tests for the kernel's TCP and for ours. */
@Timeout(20)
abstract class TransportContract {

    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private Transport serverSide = new JdkTransport();
    private Transport clientSide = new JdkTransport();
    private Listener listener = closedListener();

    /** The listening stack. */
    abstract Transport serverSide() throws IOException;

    /** The connecting stack. */
    abstract Transport clientSide() throws IOException;

    /** The address of the server side. */
    abstract InetAddress serverAddress();

    /** The address of the client side. */
    abstract InetAddress clientAddress();

    private static Listener closedListener() {
        try {
            final Listener none =
                    new JdkTransport().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            none.close();
            return none;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        serverSide = serverSide();
        clientSide = clientSide();
        listener = serverSide.listen(new InetSocketAddress(serverAddress(), 0), 16);
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
    }

    private record Pair(StreamConnection client, StreamConnection server) implements AutoCloseable {

        @Override
        public void close() {
            client.close();
            server.close();
        }
    }

    private Pair connect() throws IOException {
        final StreamConnection client = clientSide.connect(listener.local(), SOON);
        return new Pair(client, listener.accept());
    }

    private static <T> CompletableFuture<T> async(final Callable<T> task) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                result.complete(task.call());
            } catch (final Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static byte[] random(final int size) {
        final byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void bothEndsKnowBothEnds() throws IOException {
        try (Pair pair = connect()) {
            assertThat(pair.client.remote()).isEqualTo(listener.local());
            assertThat(pair.server.local()).isEqualTo(listener.local());
            assertThat(pair.server.remote()).isEqualTo(pair.client.local());
        }
    }

    @Test
    void bytesGoBothWaysAtTheSameTime() throws Exception {
        final byte[] up = random(2_000_000);
        final byte[] down = random(2_000_001);
        try (Pair pair = connect()) {
            final CompletableFuture<byte[]> atServer =
                    async(() -> pair.server.input().readNBytes(up.length));
            final CompletableFuture<byte[]> atClient =
                    async(() -> pair.client.input().readNBytes(down.length));
            final CompletableFuture<Void> writer = async(() -> {
                pair.server.output().write(down);
                return null;
            });
            pair.client.output().write(up);
            writer.get();
            assertThat(atServer.get()).isEqualTo(up);
            assertThat(atClient.get()).isEqualTo(down);
        }
    }

    @Test
    void buffersMixWithStreams() throws Exception {
        final byte[] bytes = random(1_000_000);
        try (Pair pair = connect()) {
            final CompletableFuture<Void> writer = async(() -> {
                pair.client.output().write('<');
                pair.client.write(
                        ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
                pair.client.output().write('>');
                pair.client.shutdownOutput();
                return null;
            });
            assertThat(pair.server.input().read()).isEqualTo('<');
            final ByteBuffer received = ByteBuffer.allocateDirect(bytes.length);
            while (received.hasRemaining()) {
                assertThat(pair.server.read(received)).isPositive();
            }
            final byte[] copy = new byte[bytes.length];
            received.flip().get(copy);
            assertThat(copy).isEqualTo(bytes);
            assertThat(pair.server.read(received)).isZero();
            assertThat(pair.server.input().read()).isEqualTo('>');
            assertThat(pair.server.read(received.clear())).isEqualTo(-1);
            writer.get();
        }
    }

    @Test
    void aChannelGetsAllThatComes() throws Exception {
        final byte[] bytes = random(1_000_000);
        try (Pair pair = connect()) {
            final CompletableFuture<Void> writer = async(() -> {
                pair.client.output().write(bytes);
                pair.client.shutdownOutput();
                return null;
            });
            final ByteArrayOutputStream received = new ByteArrayOutputStream();
            final WritableByteChannel target = Channels.newChannel(received);
            int sum = 0;
            for (int count = pair.server.readTo(target); count >= 0; count = pair.server.readTo(target)) {
                sum += count;
            }
            assertThat(sum).isEqualTo(bytes.length);
            assertThat(received.toByteArray()).isEqualTo(bytes);
            writer.get();
        }
    }

    @Test
    void halfCloseLeavesTheOtherDirectionOpen() throws IOException {
        try (Pair pair = connect()) {
            pair.client.output().write('a');
            pair.client.shutdownOutput();
            assertThat(pair.server.input().readAllBytes()).containsExactly('a');
            pair.server.output().write(new byte[] {'b', 'c'});
            pair.server.close();
            assertThat(pair.client.input().readAllBytes()).containsExactly('b', 'c');
        }
    }

    @Test
    void abortResets() throws IOException {
        try (Pair pair = connect()) {
            pair.server.abort();
            assertThatThrownBy(() -> pair.client.input().read()).isInstanceOf(SocketException.class);
            pair.server.abort(); // and again does nothing
        }
    }

    @Test
    void abortAfterSendingDeliversFirst() throws Exception {
        final byte[] bytes = random(1_000_000);
        try (Pair pair = connect()) {
            final CompletableFuture<byte[]> received =
                    async(() -> pair.client.input().readNBytes(bytes.length));
            pair.server.output().write(bytes);
            final CompletableFuture<Void> abort = async(() -> {
                pair.server.abortAfterSending(SOON);
                return null;
            });
            assertThat(received.get()).isEqualTo(bytes);
            pair.client.close();
            abort.get();
        }
    }

    @Test
    void readTimesOutAndGoesOn() throws IOException {
        try (Pair pair = connect()) {
            pair.server.readTimeoutMillis(50);
            assertThatThrownBy(() -> pair.server.input().read()).isInstanceOf(SocketTimeoutException.class);
            pair.client.output().write('x');
            pair.server.readTimeoutMillis(0);
            assertThat(pair.server.input().read()).isEqualTo('x');
        }
    }

    @Test
    void closeWakesAReader() throws Exception {
        try (Pair pair = connect()) {
            final CompletableFuture<Integer> reader =
                    async(() -> pair.server.input().read());
            pair.client.output().write('x');
            assertThat(reader.get()).isEqualTo((int) 'x');
            final CompletableFuture<Integer> blocked =
                    async(() -> pair.server.input().read());
            pair.server.close();
            // A read after the close fails too, so the order of the two does not matter.
            assertThatThrownBy(blocked::get).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void abortWakesAWriter() throws Exception {
        try (Pair pair = connect()) {
            final CompletableFuture<Void> writer = async(() -> {
                while (true) {
                    pair.server.output().write(new byte[65_536]);
                }
            });
            assertThat(pair.client.input().read()).isZero();
            pair.server.abort();
            assertThatThrownBy(writer::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void closeWakesAnAcceptor() throws Exception {
        final CompletableFuture<StreamConnection> acceptor = async(listener::accept);
        assertThat(listener.isOpen()).isTrue();
        listener.close();
        assertThatThrownBy(acceptor::get).hasCauseInstanceOf(IOException.class);
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void filePartsGoOutInOrderWithOtherBytes() throws Exception {
        final byte[] bytes = random(3_000_000);
        final Path path = Files.write(directory.resolve("file"), bytes);
        try (Pair pair = connect();
                MappedFile file = MappedFile.open(path)) {
            final CompletableFuture<byte[]> received =
                    async(() -> pair.client.input().readAllBytes());
            pair.server.output().write('<');
            long position = 500_000;
            while (position < 2_500_000) {
                final long taken = pair.server.sendFile(file, position, 2_500_000 - position);
                assertThat(taken).isPositive();
                position += taken;
            }
            pair.server.output().write('>');
            pair.server.shutdownOutput();
            assertThat(received.get(10, TimeUnit.SECONDS))
                    .startsWith('<')
                    .endsWith('>')
                    .hasSize(2_000_002)
                    .containsSequence(Arrays.copyOfRange(bytes, 500_000, 500_100))
                    .containsSequence(Arrays.copyOfRange(bytes, 2_499_900, 2_500_000));
        }
    }

    @Test
    void sendFileTellsThatAFileWasCutShort() throws Exception {
        final Path path = Files.write(directory.resolve("file"), random(100_000));
        try (Pair pair = connect();
                MappedFile file = MappedFile.open(path)) {
            Files.write(path, random(5_000));
            long sent = 0;
            for (long taken = pair.server.sendFile(file, sent, 100_000 - sent);
                    taken > 0;
                    taken = pair.server.sendFile(file, sent, 100_000 - sent)) {
                sent += taken;
            }
            assertThat(sent).isEqualTo(5_000);
            pair.server.shutdownOutput();
            assertThat(pair.client.input().readAllBytes()).isEqualTo(random(5_000));
        }
    }

    @Test
    void aPortIsListenedOnOnceAndRefusesWhenNobodyDoes() throws IOException {
        final InetSocketAddress local = listener.local();
        assertThatThrownBy(() -> serverSide.listen(local, 1)).isInstanceOf(BindException.class);
        listener.close();
        assertThatThrownBy(() -> clientSide.connect(local, SOON)).isInstanceOf(ConnectException.class);
        serverSide.listen(local, 1).close();
    }

    @Test
    void datagramsComeWithTheirSender() throws IOException {
        try (DatagramEndpoint server = serverSide.datagrams(new InetSocketAddress(serverAddress(), 0));
                DatagramEndpoint client = clientSide.datagrams(new InetSocketAddress(clientAddress(), 0))) {
            client.send(ByteBuffer.wrap("ping".getBytes(StandardCharsets.UTF_8)), server.local());
            final ByteBuffer buffer = ByteBuffer.allocate(100);
            assertThat(server.receive(buffer)).isEqualTo(client.local());
            assertThat(StandardCharsets.UTF_8.decode(buffer.flip()).toString()).isEqualTo("ping");
        }
    }
}
