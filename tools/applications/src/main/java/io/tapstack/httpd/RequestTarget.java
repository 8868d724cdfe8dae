package io.tapstack.httpd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The path of a request target, decoded into its names. No name is empty, {@code .} or {@code ..}. Names are octet
 * strings (see {@link io.tapstack.octets.Octets}): neither HTTP nor a file system knows their encoding.
 *
 * @param names the path's segments; none for the root
 * @param directory true if the path ends with a slash
 * @param query the query with its question mark, as it came, or nothing
 */
record RequestTarget(List<String> names, boolean directory, String query) {

    /**
     * Reads the origin form ({@code /a/b?c}) or the absolute form ({@code http://host/a/b?c}) of RFC 9112 section 3.2.
     *
     * @throws RequestRefused when the target is neither, or leads out of the root
     */
    static RequestTarget parse(final String target) throws RequestRefused {
        final String origin = originForm(target);
        final int question = origin.indexOf('?');
        final String path = question < 0 ? origin : origin.substring(0, question);
        final List<String> names = new ArrayList<>();
        boolean directory = true;
        for (final String segment : path.split("/", -1)) {
            final String name = decoded(segment);
            directory = name.isEmpty() || name.equals(".") || name.equals("..");
            if (name.equals("..")) {
                if (names.isEmpty()) {
                    throw refused("path leads out of the root");
                }
                names.remove(names.size() - 1);
            } else if (!directory) {
                names.add(name);
            }
        }
        return new RequestTarget(List.copyOf(names), directory, question < 0 ? "" : origin.substring(question));
    }

    private static String originForm(final String target) throws RequestRefused {
        if (target.startsWith("/")) {
            return target;
        }
        if (target.toLowerCase(Locale.ROOT).startsWith("http://")) {
            // RFC 9112 3.2.2: a server accepts the absolute form. We serve any host, so the authority does not matter.
            final int authority = "http://".length();
            int end = authority;
            while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
                end++;
            }
            if (end > authority) {
                final String rest = target.substring(end);
                return rest.startsWith("/") ? rest : '/' + rest;
            }
        }
        throw refused("malformed request target");
    }

    /** Percent-decodes a segment; every char of it is one byte that was sent. */
    private static String decoded(final String segment) throws RequestRefused {
        final StringBuilder name = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            final char c = segment.charAt(i);
            if (c != '%') {
                name.append(c);
                continue;
            }
            if (i + 2 >= segment.length()) {
                throw refused("malformed percent-encoding");
            }
            final int high = Character.digit(segment.charAt(i + 1), 16);
            final int low = Character.digit(segment.charAt(i + 2), 16);
            if (high < 0 || low < 0) {
                throw refused("malformed percent-encoding");
            }
            name.append((char) (high << 4 | low));
            i += 2;
        }
        if (name.indexOf("\0") >= 0) {
            throw refused("NUL in path");
        }
        if (name.indexOf("/") >= 0) {
            // An encoded slash is part of a name, and no file has such a name.
            throw RequestRefused.of(HttpStatus.NOT_FOUND, "no such file");
        }
        return name.toString();
    }

    /** The name at the end of the path; nothing for the root. */
    String lastName() {
        return names.isEmpty() ? "" : names.get(names.size() - 1);
    }

    /** The path of a directory, encoded and with a slash at its end. */
    String asDirectory() {
        final StringBuilder path = new StringBuilder("/");
        for (final String name : names) {
            PercentEncoding.append(path, name);
            path.append('/');
        }
        PercentEncoding.appendQuery(path, query);
        return path.toString();
    }

    private static RequestRefused refused(final String reason) {
        return RequestRefused.of(HttpStatus.BAD_REQUEST, reason);
    }
}
