package io.tapstack.http.client;

import io.tapstack.http.HttpDate;
import io.tapstack.http.client.DownloadFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.IdentityInputStream;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.LazyLaxLineParser;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/** The head of a response, and access to its body. For one thread. */
final class Reply {

    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18}|\\*)");
    /** RFC 9110 section 8.8.3. */
    private static final Pattern STRONG_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e\\x80-\\xff]*\"");

    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxHeaderCount(200)
            .setMaxLineLength(16 * 1024)
            .build();

    private static final FieldParser FIELDS = new FieldParser();

    /**
     * Reads a line as a field. RFC 9112 5.1 allows no blank between name and colon, and asks a proxy to remove it; it
     * leaves a user agent free. As for curl (7.88), the blank is a part of the name, so {@code Content-Length : 3} is
     * not the field that tells a length; HttpCore would take it for that.
     */
    private static final class FieldParser extends LazyLaxLineParser {

        @Override
        public Header parseHeader(final CharArrayBuffer line) throws ParseException {
            final int colon = line.indexOf(':');
            if (colon > 0 && " \t".indexOf(line.charAt(colon - 1)) >= 0) {
                return new BasicHeader(line.substring(0, colon), line.substringTrimmed(colon + 1, line.length()));
            }
            return super.parseHeader(line);
        }
    }

    /**
     * The meaning of a Content-Range field (RFC 9110 section 14.4).
     *
     * @param first the first byte, if the field has a range
     * @param size the size of the whole, if it is known
     */
    record ContentRange(OptionalLong first, OptionalLong size) {}

    private final ClassicHttpResponse response;
    private final ReplyBuffer buffer;
    private final InputStream input;

    private Reply(final ClassicHttpResponse response, final ReplyBuffer buffer, final InputStream input) {
        this.response = response;
        this.buffer = buffer;
        this.input = input;
    }

    /** Reads a head; interim ones (1xx) are skipped. */
    static Reply read(final InputStream input) throws IOException {
        final ReplyBuffer buffer = new ReplyBuffer(LIMITS.getMaxLineLength());
        final DefaultHttpResponseParser parser = new DefaultHttpResponseParser(LIMITS, FIELDS, null);
        try {
            for (int interim = 0; interim < 20; interim++) {
                final ClassicHttpResponse response = parser.parse(buffer, input);
                if (response == null) {
                    throw new DownloadFailure(Kind.NO_REPLY, "the server closed the connection without an answer");
                }
                if (response.getCode() >= 200 && response.getCode() <= 599 || response.getCode() == 101) {
                    return new Reply(response, buffer, input);
                }
            }
            throw new DownloadFailure(Kind.BAD_REPLY, "the server never comes to a final answer");
        } catch (final HttpException | IllegalArgumentException | MessageConstraintException e) {
            throw new DownloadFailure(Kind.BAD_REPLY, "the answer is not HTTP: " + e.getMessage(), e);
        }
    }

    int status() {
        return response.getCode();
    }

    /** Code and reason. */
    String statusLine() {
        final String reason = response.getReasonPhrase();
        return response.getCode() + (reason == null ? "" : " " + reason.replaceAll("\\p{Cntrl}", "?"));
    }

    Optional<String> field(final String name) {
        final Header header = response.getFirstHeader(name);
        return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
    }

    /** The version of this response, by its strong validators alone (RFC 9110 section 8.8.2.2). */
    Version version() {
        final Optional<Instant> modified = lastModified();
        final Optional<Instant> now = field("Date").flatMap(HttpDate::parse);
        // A file modified in the second of the response may be modified again in that second.
        final boolean strong = modified.isPresent()
                && (now.isEmpty() || !modified.get().plusSeconds(1).isAfter(now.get()));
        return new Version(
                field("ETag").map(String::strip).filter(STRONG_TAG.asMatchPredicate()),
                strong ? modified : Optional.empty());
    }

    Optional<Instant> lastModified() {
        return field("Last-Modified").flatMap(HttpDate::parse);
    }

    ContentRange contentRange() throws DownloadFailure {
        final Matcher matcher = CONTENT_RANGE.matcher(field("Content-Range").orElse(""));
        if (!matcher.matches()) {
            throw new DownloadFailure(Kind.RESUME, "the server's Content-Range makes no sense");
        }
        return new ContentRange(number(matcher.group(1)), number(matcher.group(3)));
    }

    private static OptionalLong number(final @Nullable String digits) {
        return digits == null || digits.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
    }

    /** The length of the body, if it is known before its end. */
    OptionalLong bodyLength() throws DownloadFailure {
        final long length = framing();
        return length >= 0 ? OptionalLong.of(length) : OptionalLong.empty();
    }

    /** The body, decoded from chunks. It throws if the connection ends before the body is complete. */
    InputStream body() throws DownloadFailure {
        final long length = framing();
        if (length == ContentLengthStrategy.CHUNKED) {
            buffer.beginBody();
            return new ChunkedInputStream(buffer, input, LIMITS);
        }
        return length >= 0
                ? new ContentLengthInputStream(buffer, input, length)
                : new IdentityInputStream(buffer, input);
    }

    /** RFC 9112 section 6.3. */
    private long framing() throws DownloadFailure {
        if (status() == 204 || status() == 304) {
            return 0;
        }
        final Set<String> lengths = Arrays.stream(response.getHeaders("Content-Length"))
                .flatMap(header -> Arrays.stream(
                        Objects.requireNonNullElse(header.getValue(), "").split(",", -1)))
                .map(String::strip)
                .collect(Collectors.toSet());
        if (response.containsHeader("Transfer-Encoding") || lengths.isEmpty()) {
            return codings();
        }
        // RFC 9110 8.6: the same length twice, in one field or in two, is that length.
        final String length = lengths.iterator().next();
        if (lengths.size() > 1 || !LENGTH.matcher(length).matches()) {
            throw new DownloadFailure(
                    Kind.BAD_REPLY,
                    "the length of the answer is unclear: Content-Length " + String.join(", ", lengths));
        }
        return Long.parseLong(length);
    }

    /** The framing of a response without a valid Content-Length. */
    private long codings() throws DownloadFailure {
        try {
            return DefaultContentLengthStrategy.INSTANCE.determineLength(response);
        } catch (final HttpException e) {
            throw new DownloadFailure(Kind.BAD_REPLY, "the length of the answer is unclear: " + e.getMessage(), e);
        }
    }
}
