package io.tapstack.http.client;

import io.tapstack.http.client.DownloadFailure.Kind;
import io.tapstack.octets.Octets;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An http address (RFC 9110 section 4.2.1), read as curl reads one: people type, and servers send, addresses that are
 * not URIs. Octets that a URI must not have are percent-encoded, each as it is, and any host that can be looked up is
 * accepted.
 *
 * @param host a name or an address, IPv6 ones in brackets
 * @param port the TCP port
 * @param target path and query, encoded
 * @param credentials user and password as an octet string, with a colon between them, if the address has them
 */
public record HttpUrl(String host, int port, String target, Optional<String> credentials) {

    private static final int DEFAULT_PORT = 80;
    private static final String HEX = "0123456789ABCDEF";

    /** RFC 3986 3.1. */
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);

    /** RFC 3986 3.2: user information, host, port. */
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:(.*)@)?(\\[.*]|[^:]*)(?::([0-9]{0,9}))?", Pattern.DOTALL);

    /** Loosely: characters that no name has, or that could break out of a Host field, are excluded. */
    private static final Pattern HOST =
            Pattern.compile("\\[[0-9A-Fa-f:.]+]|[^\\x00-\\x20\\x7f\\[\\]/:#?@\\\\\"<>^`{|}%]+");

    /** Two slashes; like curl, the parser takes one or three for a typing error. */
    private static final Pattern SLASHES = Pattern.compile("/{1,3}(?!/)");

    /** The parts of an address that inet_aton(3) accepts. */
    private static final Pattern IPV4_PART = Pattern.compile("0[xX][0-9a-fA-F]{1,8}|[0-9]{1,12}");

    /** RFC 3986: unreserved, sub-delims, and the other characters of a path or a query. Brackets may be in neither. */
    private static final String PLAIN = "-._~!$&'()*+,;=:@/?";

    /** Reads an address, which is a lossless text; without a scheme it is taken for http. */
    public static HttpUrl parse(final String text) throws DownloadFailure {
        final String octets = Octets.of(text.strip());
        final Matcher scheme = SCHEME.matcher(octets);
        if (!scheme.matches() || !scheme.group(2).startsWith("/")) {
            return ofAuthority(octets, octets);
        }
        return ofScheme(scheme, octets);
    }

    /**
     * The address of a Location field in the response from this one (RFC 3986 section 5.2).
     *
     * @param location an octet string
     */
    HttpUrl resolve(final String location) throws DownloadFailure {
        final Matcher scheme = SCHEME.matcher(location);
        if (scheme.matches()) {
            return ofScheme(scheme, location).from(this);
        }
        if (location.startsWith("//")) {
            return ofAuthority(location.substring(2), location).from(this);
        }
        final String reference = withoutFragment(location);
        final String base = pathOf(target);
        final String merged;
        if (reference.isEmpty()) {
            merged = target;
        } else if (reference.startsWith("?")) {
            merged = base + reference;
        } else if (reference.startsWith("/")) {
            merged = reference;
        } else {
            merged = base.substring(0, base.lastIndexOf('/') + 1) + reference;
        }
        return new HttpUrl(host, port, target(merged, location), credentials);
    }

    /** Credentials are for their own server only. */
    private HttpUrl from(final HttpUrl origin) {
        final boolean same = host.equalsIgnoreCase(origin.host) && port == origin.port;
        return same && credentials.isEmpty() ? new HttpUrl(host, port, target, origin.credentials) : this;
    }

    private static HttpUrl ofScheme(final Matcher parts, final String whole) throws DownloadFailure {
        final String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http")) {
            throw new DownloadFailure(
                    Kind.UNSUPPORTED_PROTOCOL,
                    "only http is supported, not '" + scheme + "', in " + Octets.readable(whole));
        }
        final Matcher slashes = SLASHES.matcher(parts.group(2));
        if (!slashes.lookingAt()) {
            throw malformed("no '//'", whole);
        }
        return ofAuthority(parts.group(2).substring(slashes.end()), whole);
    }

    private static HttpUrl ofAuthority(final String rest, final String whole) throws DownloadFailure {
        int end = 0;
        while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        final Matcher authority = AUTHORITY.matcher(rest.substring(0, end));
        if (!authority.matches()) {
            throw malformed("no valid host", whole);
        }
        final String digits = authority.group(3);
        final int port = digits == null || digits.isEmpty() ? DEFAULT_PORT : Integer.parseInt(digits);
        if (port == 0 || port > 65_535) {
            throw malformed("no valid port", whole);
        }
        final String host = host(decoded(authority.group(2)), whole);
        final Optional<String> credentials =
                Optional.ofNullable(authority.group(1)).map(HttpUrl::credentials);
        return new HttpUrl(host, port, target(withoutFragment(rest.substring(end)), whole), credentials);
    }

    private static String host(final String octets, final String whole) throws DownloadFailure {
        if (!HOST.matcher(octets).matches()) {
            throw malformed("no valid host", whole);
        }
        if (octets.startsWith("[")) {
            return octets;
        }
        if (octets.chars().allMatch(c -> c < 0x80)) {
            return ipv4(octets);
        }
        try {
            return IDN.toASCII(Octets.lossless(octets), IDN.ALLOW_UNASSIGNED);
        } catch (final IllegalArgumentException e) {
            throw malformed("no valid host", whole);
        }
    }

    /** An IPv4 address in any form of inet_aton(3), converted to the usual one; any other name unchanged. */
    private static String ipv4(final String host) {
        final String[] parts = host.split("\\.", -1);
        if (parts.length > 4) {
            return host;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            if (!IPV4_PART.matcher(parts[i]).matches()) {
                return host;
            }
            final long value;
            try {
                value = Long.decode(parts[i]);
            } catch (final NumberFormatException e) {
                return host; // 08 is no octal number
            }
            final int bytes = i == parts.length - 1 ? 4 - i : 1;
            if (value >>> 8 * bytes != 0) {
                return host;
            }
            address = address << 8 * bytes | value;
        }
        return (address >> 24) + "." + (address >> 16 & 0xff) + '.' + (address >> 8 & 0xff) + '.' + (address & 0xff);
    }

    /** RFC 7617, decoded; an absent password is an empty one. */
    private static String credentials(final String userInfo) {
        final String decoded = decoded(userInfo);
        return decoded.indexOf(':') < 0 ? decoded + ':' : decoded;
    }

    /** The target of a GET: without dot segments (RFC 3986 section 5.2.4), and encoded. */
    private static String target(final String pathAndQuery, final String whole) throws DownloadFailure {
        final String path = pathOf(pathAndQuery);
        final String query = pathAndQuery.substring(path.length());
        final StringBuilder target = new StringBuilder(pathAndQuery.length() + 16);
        encode(path.isEmpty() ? "/" : withoutDotSegments(path), target, whole);
        encode(query, target, whole);
        return target.toString();
    }

    private static void encode(final String text, final StringBuilder to, final String whole) throws DownloadFailure {
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c < ' ' || c == 0x7f) {
                throw malformed("a control character", whole);
            }
            // Encoded octets stay; a percent sign that encodes nothing stands for itself.
            final boolean plain = c == '%' ? octetAt(text, i) >= 0 : isAlphanumeric(c) || PLAIN.indexOf(c) >= 0;
            if (plain) {
                to.append(c);
            } else {
                to.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
        }
    }

    private static String withoutDotSegments(final String path) {
        final StringBuilder result = new StringBuilder(path.length());
        final String[] segments = path.split("/", -1);
        for (int i = 1; i < segments.length; i++) {
            final boolean last = i == segments.length - 1;
            if (segments[i].equals("..")) {
                result.setLength(Math.max(0, result.lastIndexOf("/")));
            } else if (!segments[i].equals(".")) {
                result.append('/').append(segments[i]);
                continue;
            }
            if (last) {
                result.append('/'); // a directory
            }
        }
        return result.toString();
    }

    private static String withoutFragment(final String reference) {
        final int fragment = reference.indexOf('#');
        return fragment < 0 ? reference : reference.substring(0, fragment);
    }

    private static String pathOf(final String pathAndQuery) {
        final int query = pathAndQuery.indexOf('?');
        return query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    }

    /** Percent-decodes an octet string. */
    private static String decoded(final String text) {
        final StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            final int octet = octetAt(text, i);
            decoded.append(octet < 0 ? text.charAt(i) : (char) octet);
            i += octet < 0 ? 0 : 2;
        }
        return decoded.toString();
    }

    /** The octet that is encoded at {@code index}, or -1. */
    private static int octetAt(final String text, final int index) {
        if (text.charAt(index) != '%' || index + 2 >= text.length()) {
            return -1;
        }
        final int high = Character.digit(text.charAt(index + 1), 16);
        final int low = Character.digit(text.charAt(index + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static boolean isAlphanumeric(final char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static DownloadFailure malformed(final String what, final String whole) {
        return new DownloadFailure(Kind.BAD_URL, what + " in the address '" + Octets.readable(whole) + '\'');
    }

    /** The value of the Host field. */
    String authority() {
        return port == DEFAULT_PORT ? host : host + ':' + port;
    }

    /** The value of an Authorization field, if there are credentials (RFC 7617). */
    Optional<String> authorization() {
        return credentials.map(
                octets -> "Basic " + Base64.getEncoder().encodeToString(octets.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /**
     * The last name in the path, decoded, fit for a file in the current directory; {@code index.html} without one.
     *
     * @return an octet string
     */
    public String fileName() {
        final String path = pathOf(target);
        final StringBuilder name = new StringBuilder(decoded(path.substring(path.lastIndexOf('/') + 1)));
        for (int i = 0; i < name.length(); i++) {
            final char c = name.charAt(i);
            if (c == '/' || c < ' ' || c == 0x7f) {
                name.setCharAt(i, '_');
            }
        }
        final String text = name.toString();
        return text.isEmpty() || text.equals(".") || text.equals("..") ? "index.html" : text;
    }

    /** For people: without credentials. */
    @Override
    public String toString() {
        return "http://" + authority() + target;
    }
}
