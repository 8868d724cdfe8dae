package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tapstack.socket.MappedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are cut short while they are served: the client gets the file's bytes, no others, and an end. */
class TruncationTest extends ServerFixture {

    private static final int SIZE = 40_000_000;

    @ParameterizedTest
    @CsvSource({
        "COPY, 20000000",
        "MMAP, 20000000",
        "SENDFILE, 20000000",
        "COPY, 20001234", // in the middle of a page, whose rest the kernel fills with zeros
        "MMAP, 20001234",
        "SENDFILE, 20001234",
        "AUTO, 20000000",
        "AUTO, 20001234",
        "MMAP, 0",
    })
    void cutShortWhileServed(final ServeMethod method, final int remaining) throws IOException {
        final byte[] bytes = writeRandom("file.bin", SIZE);
        try (HttpServer other = start(root, config().withMethod(method))) {
            try (RawClient client = new RawClient(other.address())) {
                client.get("/file.bin");
                final InputStream input = client.socket().getInputStream();
                final byte[] start = input.readNBytes(100_000); // the server waits for us with the rest
                truncate(root.resolve("file.bin"), remaining);
                final byte[] received = concat(start, untilEnd(input));
                final int head = new String(received, 0, 1_000, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
                final byte[] body = Arrays.copyOfRange(received, head, received.length);
                assertThat(body.length).isGreaterThanOrEqualTo(remaining).isLessThan(SIZE);
                assertThat(Arrays.equals(body, 0, body.length, bytes, 0, body.length))
                        .as("the bytes that came are the file's")
                        .isTrue();
            }
            try (RawClient client = new RawClient(other.address())) {
                assertThat(client.get("/file.bin").reply().body()).hasSize(remaining);
            }
        }
    }

    @Test
    void theLastPageOfAMappingNeverPassesForTheFile() throws IOException {
        final byte[] bytes = writeRandom("file.bin", 10_000);
        try (MappedFile file = MappedFile.open(root.resolve("file.bin"))) {
            assertThat(file.slice(0, 10_000).get(9_999)).isEqualTo(bytes[9_999]);
            truncate(root.resolve("file.bin"), 9_000);
            assertThat(file.slice(0, 10_000).get(9_999)).as("zeros, made up").isZero();
            assertThat(file.sizeNow()).isEqualTo(9_000);
            truncate(root.resolve("file.bin"), 100);
            try {
                final byte[] copy = new byte[5_000];
                file.slice(5_000, 5_000).get(copy);
                fail("a fault was expected");
            } catch (final InternalError e) {
                assertThat(file.sizeNow()).isEqualTo(100);
            }
        }
    }

    private static void truncate(final Path file, final long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    /** All bytes until the connection ends or breaks. */
    private static byte[] untilEnd(final InputStream input) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final byte[] buffer = new byte[65_536];
        try {
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                all.write(buffer, 0, count);
            }
        } catch (final IOException e) {
            // reset: one of the ways to say that this is not all
        }
        return all.toByteArray();
    }

    private static byte[] concat(final byte[] first, final byte[] second) {
        final byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
