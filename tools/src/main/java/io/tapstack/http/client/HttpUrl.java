package io.tapstack.http.client;

import io.tapstack.http.client.DownloadFailure.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An http address (RFC 9110 section 4.2.1).
 *
 * @param host a name or an address, IPv6 ones in brackets
 * @param port the TCP port
 * @param target path and query, encoded
 */
public record HttpUrl(String host, int port, String target) {

    private static final int DEFAULT_PORT = 80;

    /** Reads an address; without a scheme it is taken for http. */
    public static HttpUrl parse(final String text) throws DownloadFailure {
        return of(uri(text.contains("://") ? text : "http://" + text), text);
    }

    /** The address that a Location field of this one's response means. */
    HttpUrl resolve(final String location) throws DownloadFailure {
        return of(uri(toString()).resolve(uri(location)), location);
    }

    private static HttpUrl of(final URI uri, final String text) throws DownloadFailure {
        final String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http")) {
            throw new DownloadFailure(
                    Kind.UNSUPPORTED_PROTOCOL, "only http is supported, not '" + scheme + "', in " + text);
        }
        if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new DownloadFailure(Kind.BAD_URL, "no valid host in the address " + text);
        }
        if (uri.getRawUserInfo() != null) {
            throw new DownloadFailure(Kind.BAD_URL, "user and password are not supported, in " + text);
        }
        final String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        final String query = uri.getRawQuery() == null ? "" : '?' + uri.getRawQuery();
        return new HttpUrl(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), path + query);
    }

    private static URI uri(final String text) throws DownloadFailure {
        try {
            // What people type, with letters of any language, becomes percent-encoded UTF-8.
            return new URI(new URI(text.replace(" ", "%20")).toASCIIString());
        } catch (final URISyntaxException e) {
            throw new DownloadFailure(Kind.BAD_URL, "malformed address: " + e.getMessage(), e);
        }
    }

    /** The value of the Host field. */
    String authority() {
        return port == DEFAULT_PORT ? host : host + ':' + port;
    }

    /** The last name in the path, decoded, fit for a file in the current directory; {@code index.html} without one. */
    public String fileName() {
        final int query = target.indexOf('?');
        final String path = query < 0 ? target : target.substring(0, query);
        final String last = path.substring(path.lastIndexOf('/') + 1);
        String name;
        try {
            name = URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (final IllegalArgumentException e) {
            name = last;
        }
        name = name.replaceAll("[/\\p{Cntrl}]", "_");
        return name.isEmpty() || name.equals(".") || name.equals("..") ? "index.html" : name;
    }

    @Override
    public String toString() {
        return "http://" + authority() + target;
    }
}
