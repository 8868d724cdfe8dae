package io.tapstack.httpd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/**
 * A page of the server's own, in their common style. It runs no script and loads nothing, and its
 * Content-Security-Policy enforces that; the icon is the one that browsers request from each site.
 */
final class HtmlPage {

    private static final String STYLE = resource("page.css");
    private static final byte[] ICON = resource("favicon.svg").getBytes(StandardCharsets.UTF_8);

    /** Content Security Policy Level 3: the hash admits this style element and no other. */
    private static final String POLICY = "default-src 'none'; img-src 'self'; style-src 'sha256-" + sha256(STYLE)
            + "'; base-uri 'none'; form-action 'none'";

    private final StringBuilder html;

    /**
     * Begins a page.
     *
     * @param title for people
     * @param expectedChars approximate length of the body
     */
    HtmlPage(final String title, final int expectedChars) {
        html = new StringBuilder(STYLE.length() + 512 + expectedChars);
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>");
        text(title).markup("</title>\n<style>");
        html.append(STYLE).append("</style>\n</head>\n<body>\n<main>\n");
    }

    /** Adds HTML. */
    HtmlPage markup(final String markup) {
        html.append(markup);
        return this;
    }

    /** Adds text, for an element or for an attribute in double quotes. */
    HtmlPage text(final String text) {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                default -> html.append(c);
            }
        }
        return this;
    }

    /** Adds one segment of an address. @param name an octet string */
    HtmlPage segment(final String name) {
        PercentEncoding.append(html, name);
        return this;
    }

    /** The page as a response. */
    Response response(final HttpStatus status) {
        final byte[] page =
                html.append("</main>\n</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
        return Response.of(status)
                .field("Content-Type", "text/html; charset=utf-8")
                .field("Content-Security-Policy", POLICY)
                .contentLength(page.length)
                .body(new Response.Content(page));
    }

    /**
     * A page about an error.
     *
     * @param reason a few words, as {@code no such file}
     */
    static Response message(final HttpStatus status, final String reason) {
        return message(status, reason, "/", "To the start");
    }

    /** A page with a link, for clients that do not follow the Location field (RFC 9110 section 15.4.2). */
    static Response moved(final String location) {
        return message(
                        HttpStatus.MOVED_PERMANENTLY,
                        "a directory's address ends with a slash",
                        location,
                        "To the directory")
                .field("Location", location);
    }

    private static Response message(
            final HttpStatus status, final String reason, final String href, final String link) {
        final String line = status.line();
        final int space = line.indexOf(' ');
        return new HtmlPage(line, 512)
                .markup("<h1><span class=\"code\">" + line.substring(0, space) + "</span> ")
                .text(line.substring(space + 1))
                .markup("</h1>\n<p>")
                .text(reason.substring(0, 1).toUpperCase(Locale.ROOT) + reason.substring(1) + ".")
                .markup("</p>\n<p><a href=\"")
                .text(href)
                .markup("\">" + link + "</a></p>\n")
                .response(status);
    }

    /** The icon of a site without one of its own. */
    static Response icon() {
        return Response.of(HttpStatus.OK)
                .field("Content-Type", "image/svg+xml")
                .field("Cache-Control", "max-age=3600")
                .contentLength(ICON.length)
                .body(new Response.Content(ICON));
    }

    private static String resource(final String name) {
        try (InputStream stream = HtmlPage.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(final String text) {
        try {
            final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
