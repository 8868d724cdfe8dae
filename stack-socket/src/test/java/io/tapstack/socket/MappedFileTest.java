package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {

    @TempDir
    Path directory;

    @Test
    void slicesEndWhereChunksEnd() throws IOException {
        final long size = 2L * MappedFile.CHUNK_BYTES + 10;
        final Path path = directory.resolve("sparse");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2}), MappedFile.CHUNK_BYTES - 1L);
            channel.write(ByteBuffer.wrap(new byte[] {3}), size - 1);
        }
        try (MappedFile file = MappedFile.open(path)) {
            assertThat(file.size()).isEqualTo(size);
            final ByteBuffer beforeBoundary = file.slice(MappedFile.CHUNK_BYTES - 1L, 100);
            assertThat(beforeBoundary.remaining()).isEqualTo(1);
            assertThat(beforeBoundary.get(0)).isEqualTo((byte) 1);
            assertThat(file.slice(MappedFile.CHUNK_BYTES, 100).get(0)).isEqualTo((byte) 2);
            final ByteBuffer end = file.slice(size - 1, Integer.MAX_VALUE);
            assertThat(end.remaining()).isEqualTo(1);
            assertThat(end.get(0)).isEqualTo((byte) 3);
            assertThat(end.isReadOnly()).isTrue();
            assertThatThrownBy(() -> file.slice(size, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void theLastReferenceClosesTheFileAndLeavesItsBytes() throws IOException {
        final Path path = Files.writeString(directory.resolve("file"), "hello");
        final MappedFile file = MappedFile.open(path);
        final ByteBuffer bytes = file.slice(0, 5);
        assertThat(file.retain()).isTrue();
        file.close();
        assertThat(file.sizeNow()).isEqualTo(5);
        file.close();
        assertThat(file.retain()).isFalse();
        assertThat(file.channel().isOpen()).isFalse();
        assertThat(bytes.get(4)).isEqualTo((byte) 'o');
        assertThatThrownBy(file::close).isInstanceOf(IllegalStateException.class);
    }

    /** An interrupt does not close a file that others use as well. */
    @Test
    void knowsNoInterrupts() throws IOException {
        final Path path = Files.writeString(directory.resolve("file"), "hello");
        try (MappedFile file = MappedFile.open(path)) {
            Thread.currentThread().interrupt();
            assertThat(file.sizeNow()).isEqualTo(5);
            final byte[] bytes = new byte[3];
            assertThat(file.read(2, bytes)).isEqualTo(3);
            assertThat(bytes).containsExactly('l', 'l', 'o');
            assertThat(file.read(ByteBuffer.wrap(bytes), 5)).isEqualTo(-1);
            assertThat(file.read(5, bytes)).isZero();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.channel().isOpen()).isTrue();
        }
    }

    /** A failure of the disk is not the end of the file: a reader gets an error, and the region is no longer whole. */
    @Test
    void aDiskThatFails() throws IOException {
        final Path path = Files.write(directory.resolve("file"), new byte[200_000]);
        try (MappedFile file = new MappedFile(path, new FailingFile(200_000, 100_000), FileChannel.open(path))) {
            final MappedRegion region = file.region(0);
            final ByteBuffer target = ByteBuffer.allocateDirect(200_000);
            assertThat(region.copyTo(0, target, 0, 90_000)).isEqualTo(90_000);
            assertThat(region.intactBytes()).isEqualTo(200_000);
            assertThat(file.hasFailed()).isFalse();
            assertThat(region.copyTo(90_000, target, 0, 20_000)).isEqualTo(10_000);
            assertThat(region.intactBytes()).as("who sends more gives up").isEqualTo(100_000);
            assertThat(file.hasFailed()).isTrue();
            assertThat(file.sizeNow()).isEqualTo(200_000);
            assertThatThrownBy(() -> file.read(target, 150_000)).hasMessage("Input/output error");
            final MappedRegion other = file.region(0);
            assertThat(other.intactBytes()).as("for who has not read it").isEqualTo(200_000);
            region.release();
            other.release();
        }
    }

    /** Decision 22: one look at the size for each gather of a bulk transfer, instead of two. */
    @Test
    void aRecentLookServesForTheNextGather() throws IOException {
        final Path path = Files.write(directory.resolve("file"), new byte[10_000]);
        final AtomicLong size = new AtomicLong(10_000);
        final AtomicLong now = new AtomicLong(5);
        final int[] looks = {0};
        final FileReads sized = new FileReads() {
            @Override
            public long size() {
                looks[0]++;
                return size.get();
            }

            @Override
            public int read(final ByteBuffer target, final long position) {
                return -1;
            }

            @Override
            public void close() {}
        };
        try (MappedFile file = new MappedFile(path, sized, FileChannel.open(path))) {
            looks[0] = 0;
            file.retain();
            final MappedRegion region = new MappedRegion(file, file.slice(0, 10_000), 0, now::get);
            assertThat(region.expectedBytes()).isEqualTo(10_000);
            assertThat(looks[0]).as("none has been before").isEqualTo(1);
            size.set(4_000);
            assertThat(region.expectedBytes()).isEqualTo(10_000);
            now.addAndGet(MappedRegion.RECENT_NANOS);
            assertThat(region.expectedBytes()).isEqualTo(10_000);
            assertThat(looks[0]).isEqualTo(1);
            assertThat(region.intactBytes()).as("after the gather").isEqualTo(4_000);
            assertThat(region.expectedBytes()).isEqualTo(4_000);
            size.set(2_000);
            now.addAndGet(MappedRegion.RECENT_NANOS + 1);
            assertThat(region.expectedBytes()).isEqualTo(2_000);
            assertThat(looks[0]).isEqualTo(3);
            region.release();
        }
    }

    @Test
    void anEmptyFileHasNothingToMap() throws IOException {
        try (MappedFile file = MappedFile.open(Files.createFile(directory.resolve("empty")))) {
            assertThat(file.size()).isZero();
            assertThatThrownBy(() -> file.slice(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
