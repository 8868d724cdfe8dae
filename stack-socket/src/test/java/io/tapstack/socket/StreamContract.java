package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The behaviour of blocking stream sockets. Run on the JDK's sockets it tests the tests, run on ours it tests the
 * sockets.
 */
@Timeout(20)
@SuppressWarnings("NullAway.Init")
abstract class StreamContract {

    private static final int BACKLOG = 50;

    private StreamKit kit;
    private StreamKit.Listener listener;
    private StreamKit.Stream client;
    private StreamKit.Stream server;
    private final List<Closeable> opened = new ArrayList<>();

    abstract StreamKit openKit() throws IOException;

    @BeforeEach
    void open() throws IOException {
        kit = openKit();
        listener = listen(0, BACKLOG);
    }

    @AfterEach
    void close() throws IOException {
        for (final Closeable each : opened) {
            each.close();
        }
        kit.close();
    }

    // ---- Bytes

    @Test
    void bytesArrive() throws IOException {
        connect();
        client.output().write("hello".getBytes());
        assertThat(server.input().readNBytes(5)).asString().isEqualTo("hello");
        server.output().write(200);
        assertThat(client.input().read()).isEqualTo(200);
    }

    @Test
    void readingNothingIsNotTheEnd() throws IOException {
        connect();
        assertThat(client.input().read(new byte[0])).isZero();
    }

    @Test
    void aReadTakesWhatIsThere() throws IOException {
        connect();
        client.output().write(new byte[] {1, 2, 3});
        final byte[] buffer = new byte[100];
        assertThat(server.input().read(buffer, 10, 50)).isEqualTo(3);
        assertThat(Arrays.copyOfRange(buffer, 9, 14)).containsExactly(0, 1, 2, 3, 0);
    }

    @Test
    void availableTellsWhatIsThere() throws IOException {
        connect();
        assertThat(server.input().available()).isZero();
        client.output().write(new byte[1_000]);
        server.input().readNBytes(1);
        while (server.input().available() < 999) {
            Thread.onSpinWait();
        }
        assertThat(server.input().available()).isEqualTo(999);
    }

    @Test
    void muchGoesBothWaysAtOnce() throws Exception {
        connect();
        final FutureTask<byte[]> sentByClient = start(() -> send(client.output(), 1, 12_000_000));
        final FutureTask<byte[]> sentByServer = start(() -> send(server.output(), 2, 12_000_000));
        final FutureTask<byte[]> readByServer = start(() -> hash(server.input(), 12_000_000));
        final FutureTask<byte[]> readByClient = start(() -> hash(client.input(), 12_000_000));
        assertThat(readByServer.get()).isEqualTo(sentByClient.get());
        assertThat(readByClient.get()).isEqualTo(sentByServer.get());
    }

    @Test
    void writingWaitsForTheReaderAndReadingDoesNotWaitForTheWriter() throws Exception {
        connect();
        final FutureTask<byte[]> sent = new FutureTask<>(() -> send(client.output(), 3, 20_000_000));
        Parked.await(run(sent));
        assertThat(sent).isNotDone();
        server.output().write(7);
        assertThat(client.input().read()).isEqualTo(7);
        assertThat(hash(server.input(), 20_000_000)).isEqualTo(sent.get());
    }

    @Test
    void aWaitingReaderDoesNotKeepTheWriterOut() throws Exception {
        connect();
        final FutureTask<Integer> read = new FutureTask<>(() -> client.input().read());
        Parked.await(run(read));
        client.output().write(5);
        assertThat(server.input().read()).isEqualTo(5);
        server.output().write(6);
        assertThat(read.get()).isEqualTo(6);
    }

    @Test
    void manyConnectionsAtOnce() throws Exception {
        final int count = 100;
        final FutureTask<Void> echoing = start(() -> {
            final List<FutureTask<Void>> echoes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                final StreamKit.Stream accepted = listener.accept();
                echoes.add(start(() -> {
                    accepted.input().transferTo(accepted.output());
                    accepted.close();
                    return null;
                }));
            }
            for (final FutureTask<Void> echo : echoes) {
                echo.get();
            }
            return null;
        });
        final List<FutureTask<Void>> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int number = i;
            clients.add(start(() -> {
                try (StreamKit.Stream stream = kit.socket()) {
                    stream.connect(listener.address(), 0);
                    for (int round = 0; round < 10; round++) {
                        final byte[] message = ("client " + number + " round " + round).getBytes();
                        stream.output().write(message);
                        assertThat(stream.input().readNBytes(message.length)).isEqualTo(message);
                    }
                    stream.shutdownOutput();
                    assertThat(stream.input().read()).isEqualTo(-1);
                }
                return null;
            }));
        }
        for (final FutureTask<Void> each : clients) {
            each.get();
        }
        echoing.get();
    }

    // ---- Ends

    @Test
    void theEndComesBehindTheData() throws IOException {
        connect();
        client.output().write(new byte[100_000]);
        client.close();
        assertThat(server.input().readAllBytes()).hasSize(100_000);
        assertThat(server.input().read()).isEqualTo(-1);
        assertThat(server.input().read(new byte[10])).isEqualTo(-1);
    }

    @Test
    void halfClosedStillReceives() throws IOException {
        connect();
        client.output().write("request".getBytes());
        client.shutdownOutput();
        assertThat(server.input().readAllBytes()).asString().isEqualTo("request");
        server.output().write("response".getBytes());
        server.close();
        assertThat(client.input().readAllBytes()).asString().isEqualTo("response");
    }

    @Test
    void nothingCanBeWrittenAfterShutdown() throws IOException {
        connect();
        final OutputStream output = client.output();
        client.shutdownOutput();
        assertThatThrownBy(() -> output.write(1)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> client.output())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket output is shutdown");
        assertThatThrownBy(() -> client.shutdownOutput())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket output is already shutdown");
    }

    @Test
    void inputThatWasShutDownIsAtItsEnd() throws IOException {
        connect();
        final InputStream input = client.input();
        server.output().write(1);
        client.shutdownInput();
        assertThat(input.read()).isEqualTo(-1);
        assertThatThrownBy(() -> client.input())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket input is shutdown");
        client.output().write(2);
        assertThat(server.input().read()).isEqualTo(2);
    }

    @Test
    void shuttingInputDownEndsAReadThatWaits() throws Exception {
        connect();
        final FutureTask<Integer> read = new FutureTask<>(() -> client.input().read());
        Parked.await(run(read));
        client.shutdownInput();
        assertThat(read.get()).isEqualTo(-1);
    }

    @Test
    void lingeringForZeroSecondsResets() throws IOException {
        connect();
        client.linger(0);
        client.close();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> server.input().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
    }

    @Test
    void writingToAResetConnectionFails() throws IOException {
        connect();
        server.linger(0);
        server.close();
        final byte[] block = new byte[1_000];
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        client.output().write(block);
                    }
                })
                .isInstanceOf(SocketException.class)
                .hasMessageMatching("Broken pipe|Connection reset( by peer)?");
    }

    @Test
    void aWriterThatWaitsIsToldOfAReset() throws Exception {
        connect();
        final FutureTask<byte[]> sent = new FutureTask<>(() -> send(client.output(), 4, 50_000_000));
        Parked.await(run(sent));
        server.linger(0);
        server.close();
        assertThatThrownBy(sent::get).hasCauseInstanceOf(SocketException.class);
    }

    @Test
    void lingeringWaitsForThePeerToHaveEverything() throws Exception {
        connect();
        client.output().write(new byte[50_000]);
        client.linger(10);
        client.close();
        assertThat(server.input().readAllBytes()).hasSize(50_000);
    }

    // ---- Closing under others

    @Test
    void closingEndsAReadThatWaits() throws Exception {
        connect();
        final FutureTask<Integer> read = new FutureTask<>(() -> client.input().read());
        Parked.await(run(read));
        client.close();
        assertSocketClosed(read);
    }

    @Test
    void closingEndsAWriteThatWaits() throws Exception {
        connect();
        final FutureTask<byte[]> sent = new FutureTask<>(() -> send(client.output(), 5, 50_000_000));
        Parked.await(run(sent));
        client.close();
        assertSocketClosed(sent);
    }

    @Test
    void closingEndsAnAcceptThatWaits() throws Exception {
        final FutureTask<StreamKit.Stream> accept = new FutureTask<>(() -> listener.accept());
        Parked.await(run(accept));
        listener.close();
        assertSocketClosed(accept);
    }

    @Test
    void closingEndsAConnectThatWaits() throws Exception {
        fillBacklog();
        final StreamKit.Stream late = kit.socket();
        final FutureTask<Void> connect = new FutureTask<>(() -> {
            late.connect(listener.address(), 0);
            return null;
        });
        Parked.await(run(connect));
        late.close();
        assertSocketClosed(connect);
    }

    @Test
    void aClosedSocketSaysSo() throws IOException {
        connect();
        final InputStream input = client.input();
        final OutputStream output = client.output();
        client.close();
        client.close();
        assertThatThrownBy(input::read).isInstanceOf(SocketException.class).hasMessage("Socket closed");
        assertThatThrownBy(() -> output.write(1))
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket closed");
        assertThatThrownBy(() -> client.input())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
        assertThatThrownBy(() -> client.output())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is closed");
    }

    @Test
    void closingAStreamClosesTheSocket() throws IOException {
        connect();
        client.output().close();
        assertThatThrownBy(() -> client.input()).isInstanceOf(SocketException.class);
        assertThat(server.input().read()).isEqualTo(-1);
    }

    // ---- Time limits

    @Test
    void aReadWaitsNoLongerThanAllowed() throws IOException {
        connect();
        client.soTimeout(30);
        assertThatThrownBy(() -> client.input().read())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("Read timed out");
        server.output().write(9);
        client.soTimeout(0);
        assertThat(client.input().read()).isEqualTo(9);
    }

    @Test
    void anAcceptWaitsNoLongerThanAllowed() throws IOException {
        listener.soTimeout(30);
        assertThatThrownBy(() -> listener.accept())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("Accept timed out");
        listener.soTimeout(0);
        connect();
    }

    @Test
    void aConnectWaitsNoLongerThanAllowed() throws IOException {
        fillBacklog();
        final StreamKit.Stream late = kit.socket();
        assertThatThrownBy(() -> late.connect(listener.address(), 30))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageMatching("(?i)connect timed out");
        assertThatThrownBy(() -> late.connect(listener.address(), 30)).isInstanceOf(SocketException.class);
    }

    // ---- Opening

    @Test
    void nobodyListens() throws IOException {
        final InetSocketAddress address = listener.address();
        listener.close();
        final StreamKit.Stream stream = kit.socket();
        assertThatThrownBy(() -> stream.connect(address, 0))
                .isInstanceOf(ConnectException.class)
                .hasMessageStartingWith("Connection refused");
        assertThatThrownBy(() -> stream.connect(address, 0)).isInstanceOf(SocketException.class);
    }

    @Test
    void aPortCanBeListenedToOnce() {
        assertThatThrownBy(() -> listen(listener.address().getPort(), BACKLOG))
                .isInstanceOf(BindException.class)
                .hasMessageStartingWith("Address already in use");
    }

    @Test
    void aServerThatClosedFirstCanStartAgain() throws IOException {
        connect();
        final int port = listener.address().getPort();
        server.close();
        assertThat(client.input().read()).isEqualTo(-1);
        client.close();
        listener.close();
        listener = listen(port, BACKLOG);
        connect();
    }

    @Test
    void connectionsWaitToBeAccepted() throws IOException {
        final List<StreamKit.Stream> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final StreamKit.Stream stream = socket();
            stream.connect(listener.address(), 0);
            stream.output().write(i);
            clients.add(stream);
        }
        for (int i = 0; i < 5; i++) {
            final StreamKit.Stream accepted = accept();
            assertThat(accepted.input().read()).isEqualTo(i);
            assertThat(accepted.remote()).isEqualTo(clients.get(i).local());
        }
    }

    @Test
    void bothEndsKnowTheirNames() throws IOException {
        connect();
        assertThat(client.remote()).isEqualTo(listener.address());
        assertThat(server.local()).isEqualTo(listener.address());
        assertThat(server.remote()).isEqualTo(client.local());
    }

    @Test
    void aSocketConnectsOnce() throws IOException {
        connect();
        assertThatThrownBy(() -> client.connect(listener.address(), 0))
                .isInstanceOf(SocketException.class)
                .hasMessageMatching("(?i)already connected");
    }

    @Test
    void aSocketThatIsNotConnectedCannotBeRead() throws IOException {
        final StreamKit.Stream stream = socket();
        assertThatThrownBy(() -> stream.input().read())
                .isInstanceOf(SocketException.class)
                .hasMessage("Socket is not connected");
    }

    // ---- Means

    private StreamKit.Listener listen(final int port, final int backlog) throws IOException {
        final StreamKit.Listener made = kit.listen(port, backlog);
        opened.add(made);
        return made;
    }

    private StreamKit.Stream socket() throws IOException {
        final StreamKit.Stream made = kit.socket();
        opened.add(made);
        return made;
    }

    private StreamKit.Stream accept() throws IOException {
        final StreamKit.Stream made = listener.accept();
        opened.add(made);
        return made;
    }

    private void connect() throws IOException {
        client = socket();
        client.connect(listener.address(), 0);
        server = accept();
    }

    /** Opens connections to a listener that accepts none, until one more is not answered. */
    private void fillBacklog() throws IOException {
        listener = listen(0, 1);
        for (int i = 0; i < 10; i++) {
            try {
                socket().connect(listener.address(), 100);
            } catch (final SocketTimeoutException e) {
                return;
            }
        }
        fail("the backlog is never full");
    }

    private static byte[] send(final OutputStream output, final long seed, final int count) throws IOException {
        final MessageDigest digest = sha256();
        final Random random = new Random(seed);
        final byte[] block = new byte[300_000];
        random.nextBytes(block);
        for (int left = count; left > 0; ) {
            // From a byte to more than a send buffer holds.
            final int length = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 3_000 : block.length));
            output.write(block, block.length - length, length);
            digest.update(block, block.length - length, length);
            left -= length;
        }
        return digest.digest();
    }

    private static byte[] hash(final InputStream input, final int count) throws IOException {
        final MessageDigest digest = sha256();
        final Random random = new Random(count);
        final byte[] block = new byte[200_000];
        for (int left = count; left > 0; ) {
            final int most = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 3_000 : block.length));
            final int length = input.read(block, 0, most);
            assertThat(length).isPositive();
            digest.update(block, 0, length);
            left -= length;
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertSocketClosed(final FutureTask<?> task) throws InterruptedException {
        try {
            task.get();
            fail("went on with a closed socket");
        } catch (final ExecutionException e) {
            assertThat(e.getCause())
                    .isInstanceOf(SocketException.class)
                    .hasMessageMatching("Socket closed|Closed by interrupt");
        }
    }

    private static <T> FutureTask<T> start(final Callable<T> work) {
        final FutureTask<T> task = new FutureTask<>(work);
        run(task);
        return task;
    }

    private static Thread run(final Runnable task) {
        final Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
