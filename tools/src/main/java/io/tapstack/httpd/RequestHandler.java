package io.tapstack.httpd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

/** From a well-formed request to its response. Safe for use by several threads. */
final class RequestHandler {

    private static final String ALLOWED = "GET, HEAD";

    /** Methods that this server knows and does not offer (RFC 9110 section 9.3, RFC 5789): 405 rather than 501. */
    private static final Set<String> KNOWN = Set.of("POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private final Site site;
    private final FileResponses files;

    RequestHandler(final Site site, final FileResponses files) {
        this.site = site;
        this.files = files;
    }

    /** Whether this method is one that gets a file. */
    static boolean offers(final String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    /**
     * The response, which the caller {@linkplain Response#release() releases}.
     *
     * @throws RequestRefused when the request cannot be met
     * @throws IOException when the file system fails
     */
    Response handle(final RequestHead head, final Instant now) throws IOException {
        if (!offers(head.method())) {
            return KNOWN.contains(head.method())
                    ? Response.message(HttpStatus.METHOD_NOT_ALLOWED, "this server has files to read")
                            .field("Allow", ALLOWED)
                    : Response.message(HttpStatus.NOT_IMPLEMENTED, "unknown method");
        }
        final Site.Found found = site.find(RequestTarget.parse(head.target()));
        if (found instanceof Site.FoundFile file) {
            return files.answer(head, file, now);
        }
        if (found instanceof Site.FoundDirectory directory) {
            return listing(directory);
        }
        final String location = ((Site.Moved) found).location();
        return Response.message(HttpStatus.MOVED_PERMANENTLY, "a directory's address ends with a slash")
                .field("Location", location);
    }

    private static Response listing(final Site.FoundDirectory directory) throws IOException {
        final byte[] page = DirectoryListing.html(directory).getBytes(StandardCharsets.UTF_8);
        return Response.of(HttpStatus.OK)
                .field("Content-Type", "text/html; charset=utf-8")
                .field("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .contentLength(page.length)
                .body(new Response.Content(page));
    }
}
