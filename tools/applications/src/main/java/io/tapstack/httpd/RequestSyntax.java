package io.tapstack.httpd;

import java.util.regex.Pattern;

/**
 * The rules for request heads beyond their {@linkplain HeadGrammar grammar}. Each rule prevents a way to smuggle a
 * request.
 */
final class RequestSyntax {

    /** RFC 3986 host and port, loosely: characters that could break out of a header or a URI are excluded. */
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._~%!$&'()*+,;=-]*|\\[[0-9A-Za-z:.%]+])(:\\d{0,5})?");

    private RequestSyntax() {}

    /** @param bareLf true if its lines end with a lone LF */
    static void check(final RequestHead head, final boolean bareLf) throws RequestRefused {
        // RFC 9112 2.2 allows such lines, for people with a terminal. With a body behind them, they are treated as an
        // attempt at smuggling.
        if (bareLf && (head.count("Content-Length") > 0 || head.count("Transfer-Encoding") > 0)) {
            throw malformed("LF without CR");
        }
        checkHost(head);
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

    private static RequestRefused malformed(final String reason) {
        return RequestRefused.andClose(HttpStatus.BAD_REQUEST, reason);
    }
}
