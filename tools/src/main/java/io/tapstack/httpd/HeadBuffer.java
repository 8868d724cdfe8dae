package io.tapstack.httpd;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * HttpCore's line buffer with the limits and the strictness that a server on an open network wants: the size of the whole
 * head is bounded, folded lines and lines that end with the connection are refused.
 */
final class HeadBuffer extends SessionInputBufferImpl {

    /** Small, since each idle connection holds two of them; longer lines grow. */
    private static final int BUFFER_BYTES = 2048;

    private enum Part {
        REQUEST_LINE,
        FIELDS,
        BODY
    }

    private final DeadlineInput input;
    private final ServerConfig.Limits limits;
    private Part part = Part.REQUEST_LINE;
    private int headBytes;

    HeadBuffer(final DeadlineInput input, final ServerConfig.Limits limits) {
        super(BUFFER_BYTES, limits.lineBytes());
        this.input = input;
        this.limits = limits;
    }

    /** A request's head is next. */
    void beginHead() {
        part = Part.REQUEST_LINE;
        headBytes = 0;
    }

    /** The head is read; lines from now on are those of a chunked body. */
    void beginBody() {
        part = Part.BODY;
        headBytes = 0;
    }

    @Override
    public int readLine(final CharArrayBuffer line, final InputStream from) throws IOException {
        final int start = line.length();
        final int length;
        try {
            length = super.readLine(line, from);
        } catch (final MessageConstraintException e) {
            throw tooLong("line too long", e);
        }
        if (length < 0 || input.ended()) {
            return endOfInput(length);
        }
        headBytes += length + 2;
        if (headBytes > limits.headBytes()) {
            throw tooLong("request head too large", null);
        }
        if (line.length() > start) {
            inspect(line, start);
            if (part == Part.REQUEST_LINE) {
                part = Part.FIELDS;
            }
        }
        return length;
    }

    private int endOfInput(final int length) throws RequestRefused {
        // The parser would take the end of the connection for the end of the head.
        if (part == Part.REQUEST_LINE && length <= 0) {
            return -1;
        }
        throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, "request ended early");
    }

    private void inspect(final CharArrayBuffer line, final int start) throws RequestRefused {
        final char first = line.charAt(start);
        // RFC 9112 5.2: a server refuses obs-fold; 2.2: so with whitespace between request line and first field.
        if (first == ' ' || first == '\t') {
            throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, "line begins with whitespace");
        }
        // RFC 9112 7.1: a chunk size is hexadecimal digits; Java would also parse a sign.
        if (part == Part.BODY && (first == '+' || first == '-')) {
            throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, "malformed chunk size");
        }
        // RFC 9112 2.2, RFC 9110 5.5: CR and NUL are dangerous; HttpCore would make blanks of them. No other is of use.
        for (int i = start; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, "control character in the request head");
            }
        }
    }

    private RequestRefused tooLong(final String reason, final @Nullable Throwable cause) {
        final HttpStatus status =
                switch (part) {
                    case REQUEST_LINE -> HttpStatus.URI_TOO_LONG;
                    case FIELDS -> HttpStatus.HEADER_FIELDS_TOO_LARGE;
                    case BODY -> HttpStatus.BAD_REQUEST;
                };
        final RequestRefused refused = RequestRefused.andClose(status, reason);
        if (cause != null) {
            refused.initCause(cause);
        }
        return refused;
    }
}
