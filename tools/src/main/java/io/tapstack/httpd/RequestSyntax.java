package io.tapstack.httpd;

import java.util.BitSet;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;

/** What makes a request head malformed, beyond what the parser notices. Each rule closes a way to smuggle a request. */
final class RequestSyntax {

    private static final BitSet TOKEN_CHARS = tokenChars();

    /** RFC 3986 host and port, loosely: what could break out of a header or a URI is not in it. */
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._~%!$&'()*+,;=-]*|\\[[0-9A-Za-z:.%]+])(:\\d{0,5})?");

    private RequestSyntax() {}

    static void check(final RequestHead head) throws RequestRefused {
        if (!isToken(head.method())) {
            throw malformed("malformed method");
        }
        for (final Header field : head.fields()) {
            // RFC 9110 5.1: a name is a token.
            if (!isToken(field.getName())) {
                throw malformed("malformed header field name");
            }
        }
        checkTarget(head.target());
        checkHost(head);
    }

    private static void checkTarget(final String target) throws RequestRefused {
        for (int i = 0; i < target.length(); i++) {
            final char c = target.charAt(i);
            // RFC 3986: a fragment is never sent. Bytes from 0x80 are not allowed either, but people do type UTF-8.
            if (c <= ' ' || c == '#') {
                throw malformed("malformed request target");
            }
        }
    }

    private static void checkHost(final RequestHead head) throws RequestRefused {
        // RFC 9112 3.2: 400 for an HTTP/1.1 request without Host, and for any with several or an invalid one.
        final int hosts = head.count("Host");
        if (hosts > 1 || hosts == 0 && head.isHttp11()) {
            throw malformed(hosts > 1 ? "more than one Host" : "Host is missing");
        }
        if (hosts == 1 && !HOST.matcher(head.field("Host").orElse("")).matches()) {
            throw malformed("malformed Host");
        }
    }

    static boolean isToken(final String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!TOKEN_CHARS.get(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static RequestRefused malformed(final String reason) {
        return RequestRefused.andClose(HttpStatus.BAD_REQUEST, reason);
    }

    /** RFC 9110 section 5.6.2. */
    private static BitSet tokenChars() {
        final BitSet set = new BitSet(128);
        set.set('0', '9' + 1);
        set.set('A', 'Z' + 1);
        set.set('a', 'z' + 1);
        "!#$%&'*+-.^_`|~".chars().forEach(set::set);
        return set;
    }
}
