package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.RawClient.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110 section 13. */
class ConditionalRequestTest extends ServerFixture {

    private static final Instant MODIFIED = Instant.parse("2024-02-29T12:34:56.789Z");
    private static final String DATE = "Thu, 29 Feb 2024 12:34:56 GMT";
    private static final String EARLIER = "Thu, 29 Feb 2024 12:34:55 GMT";
    private static final String LATER = "Thu, 29 Feb 2024 12:34:57 GMT";

    private String tag = "";

    @Override
    void prepare() throws IOException {
        Files.setLastModifiedTime(write("a.txt", "abcdef"), FileTime.from(MODIFIED));
    }

    @BeforeEach
    void learnTag() throws IOException {
        final Reply reply = ask();
        assertThat(reply.field("Last-Modified")).contains(DATE);
        tag = reply.field("ETag").orElseThrow();
    }

    private Path file() {
        return root.resolve("a.txt");
    }

    private Reply ask(final String... fields) throws IOException {
        try (RawClient client = client()) {
            final String[] filled = fields.clone();
            for (int i = 0; i < filled.length; i++) {
                filled[i] = filled[i].replace("TAG", tag);
            }
            return client.get("/a.txt", filled).reply();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "If-None-Match: TAG            | 304",
                "If-None-Match: W/TAG          | 304",
                "If-None-Match: \"x\", TAG     | 304",
                "If-None-Match: *              | 304",
                "If-None-Match: \"x\"          | 200",
                "If-None-Match: \"xTAG\"       | 200",
                "If-Modified-Since: " + DATE + " | 304",
                "If-Modified-Since: " + LATER + " | 304",
                "If-Modified-Since: " + EARLIER + " | 200",
                "If-Modified-Since: nonsense   | 200",
                "If-Modified-Since: Thursday, 29-Feb-24 12:34:56 GMT | 304",
                "If-Modified-Since: Thu Feb 29 12:34:56 2024 | 304",
                "If-Match: TAG                 | 200",
                "If-Match: *                   | 200",
                "If-Match: W/TAG               | 412",
                "If-Match: \"x\"               | 412",
                "If-Unmodified-Since: " + DATE + " | 200",
                "If-Unmodified-Since: " + EARLIER + " | 412",
            })
    void oneCondition(final String field, final int status) throws IOException {
        final Reply reply = ask(field);
        assertThat(reply.status()).isEqualTo(status);
        if (status == 304) {
            assertThat(reply.field("ETag")).contains(tag);
            assertThat(reply.field("Content-Length")).isEmpty();
        }
    }

    @Test
    void tagsCountMoreThanDates() throws IOException {
        assertThat(ask("If-None-Match: \"x\"", "If-Modified-Since: " + DATE).status())
                .isEqualTo(200);
        assertThat(ask("If-Match: TAG", "If-Unmodified-Since: " + EARLIER).status())
                .isEqualTo(200);
        assertThat(ask("If-Match: \"x\"", "If-None-Match: TAG").status()).isEqualTo(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TAG   | 206",
                "W/TAG | 200",
                "\"x\" | 200",
                DATE + " | 206",
                LATER + " | 200",
                EARLIER + " | 200",
                "nonsense | 200",
            })
    void ifRange(final String validator, final int status) throws IOException {
        final Reply reply = ask("If-Range: " + validator, "Range: bytes=1-2");
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(status == 206 ? "bc" : "abcdef");
    }

    @Test
    void ifRangeOfAnotherVersionBeatsAnUnsatisfiableRange() throws IOException {
        assertThat(ask("If-Range: \"x\"", "Range: bytes=99-").status()).isEqualTo(200);
        assertThat(ask("If-Range: TAG", "Range: bytes=99-").status()).isEqualTo(416);
    }

    @Test
    void theTagFollowsTimeAndSize() throws IOException {
        Files.setLastModifiedTime(file(), FileTime.from(MODIFIED.plusNanos(1_000)));
        assertThat(ask("If-None-Match: TAG").status()).isEqualTo(200);
        Files.writeString(file(), "abcdefg");
        assertThat(ask("If-None-Match: TAG").status()).isEqualTo(200);
    }

    /**
     * The effect of {@code cp -p}, {@code rsync} and {@code tar}: the new bytes have the size and the time of the old
     * ones.
     */
    @Test
    void anotherVersionOfTheSameSizeAndTime() throws IOException {
        Files.setLastModifiedTime(Files.writeString(file(), "ABCDEF"), FileTime.from(MODIFIED));
        assertIsAnotherVersion();
    }

    @Test
    void anotherFileOfTheSameSizeAndTimeInItsPlace() throws IOException {
        final Path next = write("next", "ABCDEF");
        Files.setLastModifiedTime(next, FileTime.from(MODIFIED));
        Files.move(next, file(), StandardCopyOption.REPLACE_EXISTING);
        assertIsAnotherVersion();
    }

    @Test
    void anotherFileWithTheInodeOfTheFirst() throws IOException {
        Files.delete(file());
        Files.setLastModifiedTime(write("a.txt", "ABCDEF"), FileTime.from(MODIFIED));
        assertIsAnotherVersion();
    }

    @Test
    void aLinkToAnotherFileOfTheSameSizeAndTime() throws IOException {
        Files.setLastModifiedTime(write("b.txt", "ABCDEF"), FileTime.from(MODIFIED));
        Files.delete(file());
        Files.createSymbolicLink(file(), Path.of("b.txt"));
        assertThat(ask("If-Range: TAG", "Range: bytes=1-2").text()).isEqualTo("ABCDEF");
        assertThat(ask("If-None-Match: TAG").text()).isEqualTo("ABCDEF");
    }

    private void assertIsAnotherVersion() throws IOException {
        final Reply whole = ask("If-None-Match: TAG");
        assertThat(whole.text()).isEqualTo("ABCDEF");
        assertThat(whole.field("Last-Modified")).contains(DATE);
        assertThat(ask("If-Match: TAG").status()).isEqualTo(412);
        assertThat(ask("If-Range: TAG", "Range: bytes=1-2").text()).isEqualTo("ABCDEF");
        // Both versions have this date, so it does not tell the version of the client's part.
        assertThat(ask("If-Range: " + DATE, "Range: bytes=1-2").text()).isEqualTo("ABCDEF");
        tag = whole.field("ETag").orElseThrow();
        assertThat(ask("If-Range: TAG", "Range: bytes=1-2").text()).isEqualTo("BC");
    }

    @Test
    void aFileThatIsWrittenToAllTheTime() throws Exception {
        final AtomicBoolean done = new AtomicBoolean();
        final CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (OutputStream log = Files.newOutputStream(file(), StandardOpenOption.APPEND)) {
                while (!done.get()) {
                    log.write('x');
                }
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            for (int i = 0; i < 50; i++) {
                assertThat(ask().text()).matches("abcdefx*");
            }
        } finally {
            done.set(true);
            writer.get();
        }
    }

    @Test
    void aFileFromTheFutureIsNotNewerThanItsResponse() throws IOException {
        Files.setLastModifiedTime(
                root.resolve("a.txt"), FileTime.from(Instant.now().plus(Duration.ofDays(1))));
        final Reply reply = ask();
        final Instant modified =
                reply.field("Last-Modified").flatMap(HttpDate::parse).orElseThrow();
        assertThat(modified)
                .isBeforeOrEqualTo(reply.field("Date").flatMap(HttpDate::parse).orElseThrow());
        // Such a date changes with every look at it, so it proves nothing.
        assertThat(ask("If-Range: " + HttpDate.format(modified), "Range: bytes=1-2")
                        .status())
                .isEqualTo(200);
    }
}
