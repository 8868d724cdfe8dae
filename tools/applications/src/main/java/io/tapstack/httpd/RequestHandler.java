package io.tapstack.httpd;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Turns a well-formed request into its response. Safe for use by several threads. */
final class RequestHandler {

    private static final String ALLOWED = "GET, HEAD";

    /** Methods that this server knows and does not offer (RFC 9110 section 9.3, RFC 5789): 405 rather than 501. */
    private static final Set<String> KNOWN = Set.of("POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private static final List<String> ICON = List.of("favicon.ico");

    private final Site site;
    private final FileResponses files;

    RequestHandler(final Site site, final FileResponses files) {
        this.site = site;
        this.files = files;
    }

    /** True for a method that gets a file. */
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
        final RequestTarget target = RequestTarget.parse(head.target());
        try {
            return answer(head, site.find(target), now);
        } catch (final RequestRefused e) {
            // Browsers ask each site for its icon. The site's own is found like any file.
            if (e.status() == HttpStatus.NOT_FOUND
                    && !target.directory()
                    && target.names().equals(ICON)) {
                return HtmlPage.icon();
            }
            throw e;
        }
    }

    private Response answer(final RequestHead head, final Site.Found found, final Instant now) throws IOException {
        if (found instanceof Site.FoundFile file) {
            return files.answer(head, file, now);
        }
        if (found instanceof Site.FoundDirectory directory) {
            return DirectoryListing.response(directory);
        }
        return HtmlPage.moved(((Site.Moved) found).location());
    }
}
