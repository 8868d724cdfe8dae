package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that the server keeps open after serving them. */
class MappingCacheTest {

    @TempDir
    private Path directory;

    private static MappedFile served(final MappingCache cache, final Path path) throws IOException {
        final MappedFile file = cache.acquire(path, FileState.of(path)).orElseThrow();
        file.close();
        return file;
    }

    private static boolean isOpen(final MappedFile file) throws IOException {
        final boolean open = file.retain();
        if (open) {
            file.close();
        }
        return open;
    }

    /** Otherwise the disk stays as full as it was, for as long as the server runs. */
    @Test
    void aDeletedFileIsNotHeldForEver() throws IOException {
        try (MappingCache cache = new MappingCache(10)) {
            final Path deleted = Files.writeString(directory.resolve("deleted"), "one");
            final Path replaced = Files.writeString(directory.resolve("replaced"), "two");
            final Path kept = Files.writeString(directory.resolve("kept"), "three");
            final MappedFile first = served(cache, deleted);
            final MappedFile second = served(cache, replaced);
            final MappedFile third = served(cache, kept);
            Files.delete(deleted);
            Files.move(
                    Files.writeString(directory.resolve("new"), "six"), replaced, StandardCopyOption.REPLACE_EXISTING);
            assertThat(isOpen(first)).isTrue();

            assertThat(cache.giveUpChanged()).isTrue();
            assertThat(isOpen(first)).isFalse();
            assertThat(isOpen(second)).isFalse();
            assertThat(isOpen(third)).isTrue();
            assertThat(served(cache, kept)).isSameAs(third);
            assertThat(cache.giveUpChanged()).isFalse();
            Files.writeString(kept, "and longer");
            assertThat(cache.giveUpChanged()).as("it is on the disk still").isFalse();
            assertThat(isOpen(third)).isFalse();
        }
    }

    @Test
    void aTransferKeepsItsFile() throws IOException {
        try (MappingCache cache = new MappingCache(10)) {
            final Path path = Files.writeString(directory.resolve("file"), "one");
            final MappedFile file = cache.acquire(path, FileState.of(path)).orElseThrow();
            Files.delete(path);
            cache.giveUpChanged();
            assertThat(isOpen(file)).isTrue();
            file.close();
            assertThat(isOpen(file)).isFalse();
        }
    }
}
