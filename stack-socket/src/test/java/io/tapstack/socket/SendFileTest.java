package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
final class SendFileTest extends TwoHostsTest {

    private static final int SIZE = 12_345_678;

    @TempDir
    Path directory;

    private final byte[] content = new byte[SIZE];
    private Path path;
    private StreamSocket client;
    private StreamSocket server;

    @BeforeEach
    void connect() throws IOException {
        new Random(1).nextBytes(content);
        path = Files.write(directory.resolve("file"), content);
        final StreamSocket listener = listener(1);
        client = connect(listener);
        server = accept(listener);
    }

    @Test
    void allOfAFileArrives() throws Exception {
        try (MappedFile file = MappedFile.open(path)) {
            final FutureTask<Long> sent = start(() -> client.sendFile(file, 0, SIZE, 0));
            assertThat(receive(SIZE)).isEqualTo(content);
            assertThat(sent.get()).isEqualTo(SIZE);
        }
    }

    @Test
    void aPartGoesBetweenOtherBytes() throws Exception {
        try (MappedFile file = MappedFile.open(path)) {
            client.send(bytes("head"), MessageFlags.MSG_MORE);
            assertThat(client.sendFile(file, 1_000, 10_000, MessageFlags.MSG_MORE))
                    .isEqualTo(10_000);
            client.send(bytes("tail"), 0);
        }
        final byte[] received = receive(10_008);
        assertThat(Arrays.copyOf(received, 4)).isEqualTo("head".getBytes());
        assertThat(Arrays.copyOfRange(received, 4, 10_004)).isEqualTo(Arrays.copyOfRange(content, 1_000, 11_000));
        assertThat(Arrays.copyOfRange(received, 10_004, 10_008)).isEqualTo("tail".getBytes());
    }

    @Test
    void thereIsNothingBehindTheEnd() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            assertThat(client.sendFile(file, SIZE, 10, 0)).isZero();
            assertThat(client.sendFile(file, SIZE + 1_000L, 10, 0)).isZero();
            assertThat(client.sendFile(file, SIZE - 3, Long.MAX_VALUE, 0)).isEqualTo(3);
            assertThat(client.sendFile(file, 0, 0, 0)).isZero();
            assertThat(client.sendFile(file, -1, 1, 0)).isEqualTo(-SocketError.EINVAL.errno());
        }
        assertThat(receive(3)).isEqualTo(Arrays.copyOfRange(content, SIZE - 3, SIZE));
    }

    @Test
    void aCallThatDoesNotWaitTakesWhatFits() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            client.nonBlocking(true);
            long at = 0;
            long sent = client.sendFile(file, at, SIZE, 0);
            while (sent > 0) {
                at += sent;
                sent = client.sendFile(file, at, SIZE - at, 0);
            }
            assertThat(sent).isEqualTo(EAGAIN);
            assertThat(at).isBetween(1L, SIZE - 1L);
            assertThat(receive((int) at)).isEqualTo(Arrays.copyOf(content, (int) at));
        }
    }

    @Test
    void theFileMayBeClosedAsSoonAsItsBytesAreTaken() throws IOException {
        final MappedFile file = MappedFile.open(path);
        assertThat(client.sendFile(file, 0, 1_000_000, 0)).isEqualTo(1_000_000);
        file.close();
        assertThat(receive(1_000_000)).isEqualTo(Arrays.copyOf(content, 1_000_000));
        // The last acknowledgement closes the descriptor.
        while (file.retain()) {
            file.close();
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void aFileThatWasCutShortBeforeIsSentAsFarAsItGoes() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            cutTo(500_000);
            assertThat(client.sendFile(file, 0, SIZE, 0)).isEqualTo(500_000);
            assertThat(client.sendFile(file, 500_000, 1, 0)).isZero();
            assertThat(receive(500_000)).isEqualTo(Arrays.copyOf(content, 500_000));
        }
    }

    /**
     * The reader gets true bytes, and then a reset: never made-up bytes, and never an end that looks like the file's.
     */
    @Test
    void aFileThatIsCutShortMeanwhileResetsTheConnection() throws Exception {
        try (MappedFile file = MappedFile.open(path)) {
            final FutureTask<Long> sent = new FutureTask<>(() -> client.sendFile(file, 0, SIZE, 0));
            startAndWait(sent);
            // Less than the flight, so that it shows at once when the reader makes room.
            cutTo(10_000_000);
            final ByteBuffer target = ByteBuffer.allocate(SIZE);
            int result;
            do {
                result = server.recv(target, 0);
            } while (result > 0);
            assertThat(result).isEqualTo(-SocketError.ECONNRESET.errno());
            assertThat(target.position()).isLessThanOrEqualTo(10_000_000);
            assertThat(Arrays.copyOf(target.array(), target.position()))
                    .isEqualTo(Arrays.copyOf(content, target.position()));
            assertThat(sent.get()).isPositive();
            assertThat(client.failure()).isEqualTo(SocketError.EIO);
        }
    }

    @Test
    void anInterruptedThreadLeavesTheFileOpenForOthers() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            Thread.currentThread().interrupt();
            assertThat(client.sendFile(file, 0, 1_000, 0)).isEqualTo(1_000);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.sizeNow()).isEqualTo(SIZE);
            assertThat(receive(1_000)).isEqualTo(Arrays.copyOf(content, 1_000));
        }
    }

    @Test
    void aCopyOfAFileArrives() throws Exception {
        try (MappedFile file = MappedFile.open(path)) {
            final FutureTask<Long> sent = start(() -> client.sendCopy(file, 0, SIZE, 0));
            assertThat(receive(SIZE)).isEqualTo(content);
            assertThat(sent.get()).isEqualTo(SIZE);
        }
    }

    @Test
    void aCopyGoesBetweenOtherBytes() throws Exception {
        try (MappedFile file = MappedFile.open(path)) {
            client.send(bytes("head"), MessageFlags.MSG_MORE);
            assertThat(client.sendCopy(file, 1_000, 10_000, MessageFlags.MSG_MORE))
                    .isEqualTo(10_000);
            assertThat(client.sendFile(file, 11_000, 10_000, MessageFlags.MSG_MORE))
                    .isEqualTo(10_000);
            client.send(bytes("tail"), 0);
        }
        final byte[] received = receive(20_008);
        assertThat(Arrays.copyOf(received, 4)).isEqualTo("head".getBytes());
        assertThat(Arrays.copyOfRange(received, 4, 20_004)).isEqualTo(Arrays.copyOfRange(content, 1_000, 21_000));
        assertThat(Arrays.copyOfRange(received, 20_004, 20_008)).isEqualTo("tail".getBytes());
    }

    @Test
    void aCopyEndsWhereTheFileEnds() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            assertThat(client.sendCopy(file, SIZE, 10, 0)).isZero();
            assertThat(client.sendCopy(file, SIZE - 3, 1_000_000, 0)).isEqualTo(3);
            assertThat(client.sendCopy(file, 0, 0, 0)).isZero();
            assertThat(client.sendCopy(file, -1, 1, 0)).isEqualTo(-SocketError.EINVAL.errno());
            assertThat(receive(3)).isEqualTo(Arrays.copyOfRange(content, SIZE - 3, SIZE));
        }
    }

    /** The bytes were read before. */
    @Test
    void aCopyOutlivesTheFile() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            assertThat(client.sendCopy(file, 0, 50_000, 0)).isEqualTo(50_000);
            cutTo(0);
            assertThat(client.sendCopy(file, 50_000, 50_000, 0)).isZero();
        }
        assertThat(receive(50_000)).isEqualTo(Arrays.copyOf(content, 50_000));
    }

    @Test
    void aCopyThatDoesNotWaitTakesWhatFits() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            client.nonBlocking(true);
            long at = 0;
            long sent = client.sendCopy(file, at, SIZE, 0);
            while (sent > 0) {
                at += sent;
                sent = client.sendCopy(file, at, SIZE - at, 0);
            }
            assertThat(sent).isEqualTo(EAGAIN);
            assertThat(at).isBetween(1L, SIZE - 1L);
            assertThat(receive((int) at)).isEqualTo(Arrays.copyOf(content, (int) at));
        }
    }

    @Test
    void aClosedSocketTakesNothing() throws IOException {
        try (MappedFile file = MappedFile.open(path)) {
            client.close();
            assertThat(client.sendFile(file, 0, 1, 0)).isEqualTo(-SocketError.EBADF.errno());
            assertThat(client.sendCopy(file, 0, 1, 0)).isEqualTo(-SocketError.EBADF.errno());
            assertThat(open(here.stream()).sendFile(file, 0, 1, 0)).isEqualTo(-SocketError.EPIPE.errno());
            assertThat(open(here.stream()).sendCopy(file, 0, 1, 0)).isEqualTo(-SocketError.EPIPE.errno());
        }
    }

    private byte[] receive(final int count) {
        final ByteBuffer target = ByteBuffer.allocate(count);
        assertThat(server.recv(target, MessageFlags.MSG_WAITALL)).isEqualTo(count);
        return target.array();
    }

    private void cutTo(final long size) throws IOException {
        try (RandomAccessFile writable = new RandomAccessFile(path.toFile(), "rw")) {
            writable.setLength(size);
        }
    }
}
