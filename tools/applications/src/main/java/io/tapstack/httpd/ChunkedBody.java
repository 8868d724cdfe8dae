package io.tapstack.httpd;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * A request's body in chunks, read to its end and ignored, strictly by RFC 9112 section 7.1. A reader that accepts more
 * (a lone LF, a sign, an extra blank) can find the end of the body elsewhere than the proxy before it, and take a part
 * of the body for a request.
 */
final class ChunkedBody {

    private final HeadBuffer buffer;
    private final InputStream input;
    private final ServerConfig.Limits limits;
    private int extensionBytes;

    ChunkedBody(final HeadBuffer buffer, final InputStream input, final ServerConfig.Limits limits) {
        this.buffer = buffer;
        this.input = input;
        this.limits = limits;
    }

    /** {@code chunked-body = *chunk last-chunk trailer-section CRLF}. */
    void skip() throws IOException {
        final byte[] ignored = new byte[2048];
        long remaining = limits.bodyBytes();
        for (long size = size(remaining); size > 0; size = size(remaining)) {
            remaining -= size;
            for (long left = size; left > 0; ) {
                final int count = buffer.read(ignored, 0, (int) Math.min(ignored.length, left), input);
                if (count < 0) {
                    throw endedEarly();
                }
                left -= count;
            }
            require(next() == '\r', "chunk longer than its size");
            require(next() == '\n', "CR without LF");
        }
        buffer.beginTrailers();
        final CharArrayBuffer line = new CharArrayBuffer(128);
        for (int count = 0; buffer.readLine(line, input) > 0; count++) {
            if (count == limits.headerCount()) {
                throw RequestRefused.andClose(HttpStatus.HEADER_FIELDS_TOO_LARGE, "too many trailer fields");
            }
            line.clear();
        }
    }

    /** {@code chunk-size [ chunk-ext ] CRLF}. */
    private long size(final long limit) throws IOException {
        int octet = next();
        require(hexDigit(octet) >= 0, "malformed chunk size");
        long size = 0;
        for (int digits = 1; hexDigit(octet) >= 0; digits++) {
            // Leading zeros are allowed, but not without a limit.
            require(digits <= Long.BYTES * 2, "malformed chunk size");
            size = size * 16 + hexDigit(octet);
            if (size > limit) {
                throw RequestRefused.andClose(HttpStatus.CONTENT_TOO_LARGE, "request body too large");
            }
            octet = next();
        }
        octet = extensions(octet);
        require(octet == '\r', "malformed chunk size");
        require(next() == '\n', "CR without LF");
        return size;
    }

    /**
     * {@code chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )}.
     *
     * @return the byte behind it
     */
    private int extensions(final int first) throws IOException {
        int octet = first;
        while (octet != '\r') {
            octet = skipBlanks(octet);
            require(octet == ';', "malformed chunk size");
            octet = token(skipBlanks(extension()));
            final boolean blank = isBlank(octet);
            octet = skipBlanks(octet);
            if (octet == '=') {
                octet = skipBlanks(extension());
                octet = octet == '"' ? quotedString() : token(octet);
            } else {
                require(octet == ';' || octet == '\r' && !blank, "malformed chunk extension");
            }
        }
        return octet;
    }

    private int token(final int first) throws IOException {
        require(HeadGrammar.isTokenChar(first), "malformed chunk extension");
        int octet = first;
        while (HeadGrammar.isTokenChar(octet)) {
            octet = extension();
        }
        return octet;
    }

    /** RFC 9110 section 5.6.4, behind the first quote. */
    private int quotedString() throws IOException {
        for (int octet = extension(); octet != '"'; octet = extension()) {
            final int meant = octet == '\\' ? extension() : octet;
            require(meant >= ' ' && meant != 0x7f || meant == '\t', "malformed chunk extension");
        }
        return extension();
    }

    private int skipBlanks(final int first) throws IOException {
        int octet = first;
        while (isBlank(octet)) {
            octet = extension();
        }
        return octet;
    }

    private static boolean isBlank(final int octet) {
        return octet == ' ' || octet == '\t';
    }

    /** The next byte of an extension; their length is limited (RFC 9112 7.1.1). */
    private int extension() throws IOException {
        require(++extensionBytes <= limits.headBytes(), "too many chunk extensions");
        return next();
    }

    private int next() throws IOException {
        final int octet = buffer.read(input);
        if (octet < 0) {
            throw endedEarly();
        }
        return octet;
    }

    private static int hexDigit(final int octet) {
        return octet < 0x80 ? Character.digit(octet, 16) : -1;
    }

    private static RequestRefused endedEarly() {
        return RequestRefused.andClose(HttpStatus.BAD_REQUEST, "request body ended early");
    }

    private static void require(final boolean fulfilled, final String otherwise) throws RequestRefused {
        if (!fulfilled) {
            throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, otherwise);
        }
    }
}
