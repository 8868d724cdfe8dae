package io.tapstack.httpd;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * HttpCore's line buffer with the limits and the strictness of a server on an open network: each byte of a head is
 * checked by {@link HeadGrammar} as soon as it arrives, and the size of the whole head is bounded.
 */
final class HeadBuffer extends SessionInputBufferImpl {

    /** Small, since each idle connection holds two of them. */
    private static final int BUFFER_BYTES = 2048;

    private final HeadGrammar grammar = new HeadGrammar();
    private final ServerConfig.Limits limits;
    private int headBytes;

    HeadBuffer(final ServerConfig.Limits limits) {
        super(BUFFER_BYTES, limits.lineBytes());
        this.limits = limits;
    }

    /** Begins a request's head. */
    void beginHead() {
        grammar.begin();
        headBytes = 0;
    }

    /** Begins the trailer fields of a chunked body. */
    void beginTrailers() {
        grammar.beginTrailers();
        headBytes = 0;
    }

    /** True if the lines of the last head ended with LF rather than CR LF. */
    boolean endsLinesWithBareLf() {
        return grammar.endsLinesWithBareLf();
    }

    /**
     * {@inheritDoc} HttpCore's own method would take the end of the connection for that of a line, and a CR anywhere
     * for a blank.
     */
    @Override
    public int readLine(final CharArrayBuffer line, final InputStream from) throws IOException {
        final int start = line.length();
        while (true) {
            final int octet = read(from);
            if (octet < 0) {
                if (grammar.untouched()) {
                    return -1;
                }
                throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, "request ended early");
            }
            // RFC 9112 3 and RFC 6585 5 name two statuses for an excess.
            final boolean inRequestLine = grammar.inRequestLine();
            grammar.accept(octet);
            if (++headBytes > limits.headBytes() || line.length() - start >= limits.lineBytes()) {
                throw inRequestLine
                        ? RequestRefused.andClose(HttpStatus.URI_TOO_LONG, "request line too long")
                        : RequestRefused.andClose(HttpStatus.HEADER_FIELDS_TOO_LARGE, "request head too large");
            }
            if (octet == '\n') {
                return line.length() - start;
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
    }
}
