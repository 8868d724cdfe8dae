package io.tapstack.httpd;

import java.util.BitSet;

/**
 * The grammar of a request's head, byte by byte (RFC 9112 sections 2 to 5), so that bytes that cannot be a request are
 * refused at the first one that shows it: a TLS hello at its first, a fold at its blank. It is strict where two
 * readings of the same bytes could find two different requests, which is how requests are smuggled past a proxy.
 *
 * <p>Lines end with CR LF. A head whose lines all end with a lone LF is accepted, as RFC 9112 2.2 allows; one with both
 * is not.
 */
final class HeadGrammar {

    /** RFC 9112 2.2 asks for one empty line to be ignored in front of a request. */
    private static final int MAX_EMPTY_LINES = 8;

    /** The longest registered method has 17 letters. */
    private static final int MAX_METHOD_BYTES = 64;

    private static final String VERSION = "HTTP/1.";
    private static final int MAJOR_DIGIT = 5;

    private static final BitSet TOKEN_CHARS = tokenChars();

    private enum State {
        EMPTY_LINES,
        EMPTY_LINES_LF,
        METHOD,
        TARGET,
        VERSION,
        MINOR_VERSION,
        LINE_END,
        LINE_LF,
        FIELD_START,
        FIELD_NAME,
        FIELD_VALUE,
        LAST_LF,
        END
    }

    private State state = State.EMPTY_LINES;
    private int emptyLines;
    private int position; // in the method, the target or the version
    private boolean requestLineEnded;
    private boolean bareLf;

    /** Begins a request line. */
    void begin() {
        beginAt(State.EMPTY_LINES);
    }

    /** Begins the trailer fields of a chunked body (RFC 9112 7.1.2), in lines that end with CR LF. */
    void beginTrailers() {
        beginAt(State.FIELD_START);
        requestLineEnded = true;
    }

    private void beginAt(final State first) {
        state = first;
        emptyLines = 0;
        position = 0;
        requestLineEnded = false;
        bareLf = false;
    }

    /** True if only empty lines have arrived. */
    boolean untouched() {
        return state == State.EMPTY_LINES || state == State.EMPTY_LINES_LF;
    }

    /** True in the request line, or in an empty line before it. */
    boolean inRequestLine() {
        return !requestLineEnded;
    }

    /** True if the lines of this head end with a lone LF. */
    boolean endsLinesWithBareLf() {
        return bareLf;
    }

    /** @throws RequestRefused if no request continues with this byte */
    void accept(final int octet) throws RequestRefused {
        switch (state) {
            case EMPTY_LINES -> emptyLines(octet);
            case EMPTY_LINES_LF -> {
                require(octet == '\n', "CR without LF");
                state = State.EMPTY_LINES;
            }
            case METHOD -> method(octet);
            case TARGET -> target(octet);
            case VERSION -> version(octet);
            case MINOR_VERSION -> {
                require(isDigit(octet), "malformed HTTP version");
                state = State.LINE_END;
            }
            case LINE_END -> lineEnd(octet, "malformed request line");
            case LINE_LF -> {
                require(octet == '\n', "CR without LF");
                lineEnded(false);
            }
            case FIELD_START -> fieldStart(octet);
            case FIELD_NAME -> {
                if (octet == ':') {
                    state = State.FIELD_VALUE;
                } else {
                    // RFC 9112 5.1: no blank before the colon.
                    require(isTokenChar(octet), "malformed header field name");
                }
            }
            case FIELD_VALUE -> {
                // RFC 9110 5.5: CR, LF and NUL are dangerous, and no other control character is of use.
                if (octet < ' ' && octet != '\t' || octet == 0x7f) {
                    lineEnd(octet, "control character in a header field");
                }
            }
            case LAST_LF -> {
                require(octet == '\n', "CR without LF");
                state = State.END;
            }
            case END -> throw new IllegalStateException("the head has ended");
        }
    }

    private void emptyLines(final int octet) throws RequestRefused {
        if (octet == '\r' || octet == '\n') {
            emptyLines++;
            require(emptyLines <= MAX_EMPTY_LINES, "too many empty lines");
            state = octet == '\r' ? State.EMPTY_LINES_LF : State.EMPTY_LINES;
        } else {
            require(isTokenChar(octet), "not an HTTP request");
            position = 1;
            state = State.METHOD;
        }
    }

    private void method(final int octet) throws RequestRefused {
        if (octet == ' ') {
            position = 0;
            state = State.TARGET;
            return;
        }
        require(isTokenChar(octet), "malformed method");
        // RFC 9112 3: a word longer than any known method is none.
        if (++position > MAX_METHOD_BYTES) {
            throw RequestRefused.andClose(HttpStatus.NOT_IMPLEMENTED, "unknown method");
        }
    }

    private void target(final int octet) throws RequestRefused {
        if (octet == ' ' && position > 0) {
            position = 0;
            state = State.VERSION;
            return;
        }
        // RFC 3986: a fragment is never sent. Bytes from 0x80 on are not allowed either, but people type UTF-8.
        require(octet > ' ' && octet != 0x7f && octet != '#', "malformed request target");
        position++;
    }

    private void version(final int octet) throws RequestRefused {
        if (position == MAJOR_DIGIT && isDigit(octet) && octet != '1') {
            // RFC 9112 2.3. This is the preface of HTTP/2, too.
            throw RequestRefused.andClose(HttpStatus.VERSION_NOT_SUPPORTED, "this server speaks HTTP/1.1");
        }
        require(octet == VERSION.charAt(position), "malformed HTTP version");
        if (++position == VERSION.length()) {
            state = State.MINOR_VERSION;
        }
    }

    private void fieldStart(final int octet) throws RequestRefused {
        if (octet == '\r' && !bareLf) {
            state = State.LAST_LF;
        } else if (octet == '\n' && bareLf) {
            state = State.END;
        } else {
            // RFC 9112 5.2: a server refuses obs-fold; 2.2: so with whitespace between request line and first field.
            require(octet != ' ' && octet != '\t', "line begins with whitespace");
            require(isTokenChar(octet), "malformed header field name");
            state = State.FIELD_NAME;
        }
    }

    /** The line has to end here. */
    private void lineEnd(final int octet, final String otherwise) throws RequestRefused {
        if (octet == '\n') {
            require(!requestLineEnded || bareLf, "LF without CR");
            lineEnded(true);
        } else {
            require(octet == '\r', otherwise);
            require(!bareLf, "line ends of two kinds");
            state = State.LINE_LF;
        }
    }

    private void lineEnded(final boolean withBareLf) {
        bareLf = withBareLf;
        requestLineEnded = true;
        state = State.FIELD_START;
    }

    private static void require(final boolean fulfilled, final String otherwise) throws RequestRefused {
        if (!fulfilled) {
            throw RequestRefused.andClose(HttpStatus.BAD_REQUEST, otherwise);
        }
    }

    private static boolean isDigit(final int octet) {
        return octet >= '0' && octet <= '9';
    }

    /** RFC 9110 section 5.6.2. */
    static boolean isTokenChar(final int octet) {
        return TOKEN_CHARS.get(octet);
    }

    private static BitSet tokenChars() {
        final BitSet set = new BitSet(128);
        set.set('0', '9' + 1);
        set.set('A', 'Z' + 1);
        set.set('a', 'z' + 1);
        "!#$%&'*+-.^_`|~".chars().forEach(set::set);
        return set;
    }
}
