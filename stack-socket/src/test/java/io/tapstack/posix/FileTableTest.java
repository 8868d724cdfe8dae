package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Descriptors by their numbers. */
class FileTableTest extends PosixTest {

    private final FileTable files = new FileTable();

    private OpenFile file() {
        return new OpenFile.EpollFile(layer.eventPoll());
    }

    @Test
    void theLowestFreeOneIsNext() {
        assertThat(files.reserve()).isEqualTo(3);
        assertThat(files.reserve()).isEqualTo(4);
        assertThat(files.reserve()).isEqualTo(5);
        files.free(4);
        assertThat(files.reserve()).isEqualTo(4);
        assertThat(files.reserve()).isEqualTo(6);
    }

    @Test
    void aReservedOneIsNotOpenYet() {
        final int fd = files.reserve();
        assertThat(files.get(fd)).isNull();
        final OpenFile file = file();
        assertThat(files.fill(fd, file)).isTrue();
        assertThat(files.get(fd)).isSameAs(file);
        assertThat(files.remove(fd)).isSameAs(file);
        assertThat(files.remove(fd)).isNull();
        assertThat(files.reserve()).isEqualTo(fd);
    }

    @Test
    void whatIsOpenedAfterAllWasClosedHasNoPlace() {
        final int fd = files.reserve();
        assertThat(files.clear()).isEmpty();
        assertThat(files.fill(fd, file())).isFalse();
        assertThat(files.get(fd)).isNull();
    }

    @Test
    void thereIsALimit() {
        for (int fd = FileTable.FIRST; fd < FileTable.LIMIT; fd++) {
            assertThat(files.reserve()).isEqualTo(fd);
        }
        assertThat(files.reserve()).isEqualTo(-LinuxErrno.EMFILE);
        files.free(1_000);
        assertThat(files.reserve()).isEqualTo(1_000);
    }

    @Test
    void numbersThatAreNoneOpenNothing() {
        for (final long fd : new long[] {-1, 0, 2, FileTable.LIMIT, Integer.MAX_VALUE, 1L << 32 | 3}) {
            files.fill(files.reserve(), file());
            assertThat(files.get(fd)).isNull();
            assertThat(files.remove(fd)).isNull();
        }
    }

    @Test
    void closeOnExecEndsWithTheDescriptor() {
        final int fd = files.reserve();
        files.closeOnExec(fd, true);
        assertThat(files.isCloseOnExec(fd)).as("of one that is not open").isFalse();
        files.fill(fd, file());
        files.closeOnExec(fd, true);
        assertThat(files.isCloseOnExec(fd)).isTrue();
        files.remove(fd);
        files.fill(files.reserve(), file());
        assertThat(files.isCloseOnExec(fd)).isFalse();
    }
}
