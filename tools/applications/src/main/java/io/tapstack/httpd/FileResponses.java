package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.Response.Content;
import io.tapstack.httpd.Response.FileParts;
import io.tapstack.httpd.Response.Part;
import io.tapstack.httpd.Site.FoundFile;
import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Responds to requests for files: conditions first, then ranges, then the whole. Safe for use by several threads. */
final class FileResponses {

    /** A body up to this size is read and sent together with the head: one write instead of two. */
    private static final int SMALL_BYTES = 16 * 1024;

    private static final byte[] NOTHING = {};

    /** HTTP dates have years of four digits. */
    private static final Instant MAX_DATE = Instant.parse("9999-12-31T23:59:59Z");

    /** Attempts to read a file that changes all the time, such as a log. */
    private static final int ATTEMPTS = 3;

    private final ServerConfig config;
    private final MappingCache files;
    private final DateValidators dates = new DateValidators();

    FileResponses(final ServerConfig config, final MappingCache files) {
        this.config = config;
        this.files = files;
    }

    Response answer(final RequestHead head, final FoundFile asked, final Instant now) throws IOException {
        FoundFile found = asked;
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            final Optional<Response> response = answer(head, found, validators(found, now), false, now);
            if (response.isPresent()) {
                return response.get();
            }
            found = FileLookup.regularFile(found.asked(), found.path(), found.name());
        }
        return answer(head, found, validators(found, now).weak(), true, now).orElseThrow();
    }

    private Validators validators(final FoundFile found, final Instant now) {
        return Validators.of(found.state(), dates.isStrong(found.path(), found.state()), now);
    }

    /**
     * @param anyVersion true if the file may have changed since it was found
     * @return empty if it has changed
     */
    private Optional<Response> answer(
            final RequestHead head,
            final FoundFile found,
            final Validators validators,
            final boolean anyVersion,
            final Instant now)
            throws IOException {
        final Preconditions.Outcome conditions = Preconditions.evaluate(head, validators);
        if (conditions == Preconditions.Outcome.FAILED) {
            throw RequestRefused.of(HttpStatus.PRECONDITION_FAILED, "the file is another version");
        }
        if (conditions == Preconditions.Outcome.NOT_MODIFIED) {
            return Optional.of(withValidators(Response.of(HttpStatus.NOT_MODIFIED), validators, now));
        }
        if (head.method().equals("HEAD")) {
            requireReadable(found);
            return Optional.of(withValidators(whole(found), validators, now));
        }
        final Optional<MappedFile> opened = open(found, anyVersion);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        final MappedFile file = opened.get();
        try {
            return Optional.of(withValidators(ranged(head, found, file, validators, now), validators, now));
        } catch (final IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private Response ranged(
            final RequestHead head,
            final FoundFile found,
            final MappedFile file,
            final Validators validators,
            final Instant now)
            throws IOException {
        final long size = found.state().size();
        final Optional<List<ByteRange>> ranges = head.field("Range")
                .filter(field -> Preconditions.rangeApplies(head, validators))
                .flatMap(field -> ByteRange.parse(field, size, config.limits().ranges()));
        if (ranges.isEmpty()) {
            final Response response = filled(whole(found), file, List.of(new Part(NOTHING, 0, size)));
            final boolean timeless =
                    config.maxAge().isEmpty() && !validators.lastModified().isAfter(now.minusSeconds(1));
            return timeless ? response.repeatableFor(found) : response;
        }
        if (ranges.get().isEmpty()) {
            file.close();
            return Response.message(HttpStatus.RANGE_NOT_SATISFIABLE, "the file has " + size + " bytes")
                    .field("Content-Range", "bytes */" + size);
        }
        if (ranges.get().size() == 1) {
            final ByteRange range = ranges.get().get(0);
            final Response response = Response.of(HttpStatus.PARTIAL_CONTENT)
                    .field("Content-Type", contentType(found))
                    .field("Content-Range", range.contentRange(size))
                    .contentLength(range.count());
            return filled(response, file, List.of(new Part(NOTHING, range.position(), range.count())));
        }
        return multipart(found, file, ranges.get(), size);
    }

    private Response whole(final FoundFile found) {
        return Response.of(HttpStatus.OK)
                .field("Content-Type", contentType(found))
                .contentLength(found.state().size());
    }

    /** RFC 9110 section 14.6. */
    private Response multipart(
            final FoundFile found, final MappedFile file, final List<ByteRange> ranges, final long size)
            throws IOException {
        final ThreadLocalRandom random = ThreadLocalRandom.current();
        final String boundary = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
        final List<Part> parts = new ArrayList<>(ranges.size() + 1);
        long length = 0;
        for (final ByteRange range : ranges) {
            final byte[] prefix = ascii("\r\n--" + boundary + "\r\nContent-Type: " + contentType(found)
                    + "\r\nContent-Range: " + range.contentRange(size) + "\r\n\r\n");
            parts.add(new Part(prefix, range.position(), range.count()));
            length += prefix.length + range.count();
        }
        final byte[] end = ascii("\r\n--" + boundary + "--\r\n");
        parts.add(new Part(end, 0, 0));
        final Response response = Response.of(HttpStatus.PARTIAL_CONTENT)
                .field("Content-Type", "multipart/byteranges; boundary=" + boundary)
                .contentLength(length + end.length);
        return filled(response, file, parts);
    }

    /** Gives a response its body, which owns {@code file} from here on. */
    private static Response filled(final Response response, final MappedFile file, final List<Part> parts)
            throws IOException {
        final long total = parts.stream()
                .mapToLong(part -> part.prefix().length + part.count())
                .sum();
        if (total <= SMALL_BYTES) {
            final ByteBuffer content = ByteBuffer.allocate((int) total);
            if (read(file, parts, content)) {
                file.close();
                return response.body(new Content(content.array()));
            }
        }
        return response.body(new FileParts(file, parts));
    }

    private static boolean read(final MappedFile file, final List<Part> parts, final ByteBuffer into)
            throws IOException {
        for (final Part part : parts) {
            into.put(part.prefix());
            final int end = into.position() + (int) part.count();
            into.limit(end);
            while (into.hasRemaining()) {
                if (file.read(into, part.position() + part.count() - into.remaining()) <= 0) {
                    return false; // cut short: it is sent, and ended, as such a file
                }
            }
            into.limit(into.capacity());
        }
        return true;
    }

    private Response withValidators(final Response response, final Validators validators, final Instant now) {
        if (response.status() == HttpStatus.RANGE_NOT_SATISFIABLE) {
            return response;
        }
        final Instant lastModified = validators.lastModified();
        response.field("ETag", validators.tag().text()).field("Accept-Ranges", "bytes");
        if (!lastModified.isBefore(Instant.EPOCH)) {
            response.field("Last-Modified", HttpDate.format(lastModified));
        }
        config.maxAge().ifPresent(age -> freshFor(response, age, now));
        return response;
    }

    private static void freshFor(final Response response, final Duration age, final Instant now) {
        final Instant expires = now.plus(age);
        response.field("Cache-Control", "max-age=" + age.toSeconds())
                .field("Expires", HttpDate.format(expires.isAfter(MAX_DATE) ? MAX_DATE : expires));
    }

    private Optional<MappedFile> open(final FoundFile found, final boolean anyVersion) throws IOException {
        try {
            return anyVersion ? Optional.of(MappedFile.open(found.path())) : files.acquire(found.path(), found.state());
        } catch (final FileSystemException e) {
            throw refusal(e);
        }
    }

    private static void requireReadable(final FoundFile found) throws RequestRefused {
        if (!Files.isReadable(found.path())) {
            throw FileLookup.forbidden();
        }
    }

    private static IOException refusal(final FileSystemException e) {
        final boolean ours = e.getReason() != null && e.getReason().contains("Too many open files");
        return ours ? e : FileLookup.refusal(e);
    }

    private String contentType(final FoundFile found) {
        return config.mimeType().orElseGet(() -> MediaTypes.of(found.name()));
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
