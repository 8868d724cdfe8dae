package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies out of a mapping, and the bytes sent where it fails. */
class MappingCopyTest {

    private static final int SIZE = 200_000;
    private static final int PAGES = 64 * 1024; // a whole number of pages on every machine

    @TempDir
    private Path directory;

    private final byte[] bytes = new byte[SIZE];
    private final byte[] into = new byte[SIZE];

    private MappedFile file() throws IOException {
        new Random(1).nextBytes(bytes);
        return MappedFile.open(Files.write(directory.resolve("file"), bytes));
    }

    private void truncate(final int size) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve("file"), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    @Test
    void bytesOfAMapping() throws IOException {
        try (MappedFile file = file()) {
            assertThat(MappingCopy.ofThisMachine().copy(file.slice(1_234, 5_000), into))
                    .isEqualTo(5_000);
            assertThat(Arrays.copyOf(into, 5_000)).isEqualTo(Arrays.copyOfRange(bytes, 1_234, 6_234));
            assertThat(MappingCopy.ofThisMachine().copy(file.slice(0, SIZE), into))
                    .as("at a time")
                    .isEqualTo(64 * 1024);
        }
    }

    /** No fault: neither now nor when the thread goes on. */
    @Test
    void pagesThatAreGoneGiveNothing() throws IOException {
        try (MappedFile file = file()) {
            truncate(PAGES);
            for (int i = 0; i < 20_000; i++) {
                assertThat(MappingCopy.ofThisMachine().copy(file.slice(PAGES, 50_000), into))
                        .isZero();
            }
            final int before = MappingCopy.ofThisMachine().copy(file.slice(PAGES - 10, 50_000), into);
            assertThat(before).isIn(0, 10);
            assertThat(Arrays.copyOf(into, before))
                    .isEqualTo(Arrays.copyOfRange(bytes, PAGES - 10, PAGES - 10 + before));
        }
    }

    static Stream<MappingCopy> refusing() {
        return Stream.of(
                new MappingCopy(Optional.empty()),
                new MappingCopy(Optional.of((pid, local, localCount, remote, remoteCount, flags) -> -1)));
    }

    @ParameterizedTest
    @MethodSource("refusing")
    void aMachineThatRefusesReadsTheFile(final MappingCopy refusing) throws IOException {
        final MmapSender sender = new MmapSender(() -> refusing);
        try (MappedFile file = file()) {
            assertThat(sender.fill(file, 1_234, into, 5_000)).isEqualTo(5_000);
            assertThat(Arrays.copyOf(into, 5_000)).isEqualTo(Arrays.copyOfRange(bytes, 1_234, 6_234));
            truncate(3_000);
            assertThat(sender.fill(file, 1_234, into, 5_000)).isEqualTo(3_000 - 1_234);
            assertThat(sender.fill(file, 3_000, into, 5_000)).isNotPositive();
        }
    }
}
