package io.tapstack.httpd;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The framing of a request's body (RFC 9112 section 6). This server ignores bodies: it reads them only to find the next
 * request.
 *
 * @param length the number of bytes, or {@link #CHUNKED}
 */
record RequestBody(long length) {

    static final long CHUNKED = -1;

    /** @throws RequestRefused when the framing is ambiguous or unknown; the connection must end then */
    static RequestBody of(final RequestHead head) throws RequestRefused {
        final int lengths = head.count("Content-Length");
        if (head.count("Transfer-Encoding") > 0) {
            // RFC 9112 6.1, 6.3: both fields, or a transfer coding from an HTTP/1.0 client, may be an attempt at
            // smuggling.
            if (lengths > 0 || !head.isHttp11()) {
                throw refused(HttpStatus.BAD_REQUEST, "ambiguous body length");
            }
            return chunked(head.field("Transfer-Encoding").orElse(""));
        }
        if (lengths > 1) {
            throw refused(HttpStatus.BAD_REQUEST, "more than one Content-Length");
        }
        return lengths == 0
                ? new RequestBody(0)
                : ofLength(head.field("Content-Length").orElse(""));
    }

    private static RequestBody chunked(final String field) throws RequestRefused {
        // Some implementations ignore an empty element of the list, others do not: it is refused.
        final List<String> codings = Stream.of(field.split(",", -1))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .toList();
        final int last = codings.size() - 1;
        // RFC 9112 6.3 rule 4: without chunked as the last coding, the length is unknown.
        if (codings.contains("") || codings.indexOf("chunked") != last) {
            throw refused(HttpStatus.BAD_REQUEST, "chunked must be the last transfer coding, once");
        }
        if (last > 0) {
            throw refused(HttpStatus.NOT_IMPLEMENTED, "unknown transfer coding");
        }
        return new RequestBody(CHUNKED);
    }

    private static RequestBody ofLength(final String text) throws RequestRefused {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refused(HttpStatus.BAD_REQUEST, "malformed Content-Length");
        }
        try {
            return new RequestBody(Long.parseLong(text));
        } catch (final NumberFormatException e) {
            throw refused(HttpStatus.CONTENT_TOO_LARGE, "request body too large");
        }
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** True if the length is known and more than {@code limit}. */
    boolean exceeds(final long limit) {
        return length > limit;
    }

    /** Reads and ignores the body. */
    void skip(final HeadBuffer buffer, final InputStream input, final ServerConfig.Limits limits) throws IOException {
        if (exceeds(limits.bodyBytes())) {
            throw refused(HttpStatus.CONTENT_TOO_LARGE, "request body too large");
        }
        if (length == CHUNKED) {
            new ChunkedBody(buffer, input, limits).skip();
            return;
        }
        final byte[] ignored = new byte[2048];
        long remaining = length;
        while (remaining > 0) {
            final int count = buffer.read(ignored, 0, (int) Math.min(ignored.length, remaining), input);
            if (count < 0) {
                throw refused(HttpStatus.BAD_REQUEST, "request body ended early");
            }
            remaining -= count;
        }
    }

    private static RequestRefused refused(final HttpStatus status, final String reason) {
        return RequestRefused.andClose(status, reason);
    }
}
