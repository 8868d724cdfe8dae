package io.tapstack.names;

import io.tapstack.socket.ResolutionFailure;
import java.net.IDN;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * The name of a host as DNS has it: labels of letters, digits, hyphens and underscores, in lower case, without the dot
 * at the end. A name in other letters is converted to its IDNA form.
 *
 * @param text at most 253 characters
 * @param isAbsolute true if the name ended with a dot, so that no search list applies (RFC 1034 3.1)
 */
record HostName(String text, boolean isAbsolute) {

    /** RFC 1035 2.3.4: 255 octets in a message, with a length before each label and the root's behind. */
    static final int MAX_LENGTH = 253;

    /** RFC 1035 2.3.4. */
    private static final int MAX_LABEL = 63;

    /** A name longer than this is not shown whole in an error. */
    private static final int MAX_SHOWN = 80;

    /**
     * Reads a name.
     *
     * @throws UnknownHostException says in one line why {@code name} cannot be one
     */
    static HostName parse(final String name) throws UnknownHostException {
        final boolean absolute = name.endsWith(".") && name.length() > 1;
        final String ascii = ascii(absolute ? name.substring(0, name.length() - 1) : name, name);
        if (ascii.isEmpty()) {
            throw bad(name, "it is empty");
        }
        if (ascii.length() > MAX_LENGTH) {
            throw bad(name, "it is longer than " + MAX_LENGTH + " characters");
        }
        final String[] labels = ascii.split("\\.", -1);
        for (final String label : labels) {
            check(label, name);
        }
        if (labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9')) {
            // No top-level domain is a number (RFC 1123 2.1): the address has a typing error.
            throw bad(name, "it ends with a number, and is no address");
        }
        return new HostName(ascii.toLowerCase(Locale.ROOT), absolute);
    }

    private static String ascii(final String text, final String name) throws UnknownHostException {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        // A name that long would take IDN long, and cannot be one.
        if (text.length() > MAX_LENGTH) {
            throw bad(name, "it is longer than " + MAX_LENGTH + " characters");
        }
        try {
            return IDN.toASCII(text, IDN.ALLOW_UNASSIGNED);
        } catch (final RuntimeException e) {
            // Beside the documented exception, some input ends in an index out of bounds.
            throw bad(name, "a label has characters that no name has, or is too long");
        }
    }

    private static void check(final String label, final String name) throws UnknownHostException {
        if (label.isEmpty()) {
            throw bad(name, "a label is empty");
        }
        if (label.length() > MAX_LABEL) {
            throw bad(name, "a label is longer than " + MAX_LABEL + " characters");
        }
        for (int i = 0; i < label.length(); i++) {
            final char c = label.charAt(i);
            final boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letterOrDigit && c != '-' && c != '_') {
                throw bad(name, "it has the character " + shown(String.valueOf(c)));
            }
        }
    }

    private static UnknownHostException bad(final String name, final String why) {
        return new ResolutionFailure("'" + shown(name) + "' is not a name: " + why, false);
    }

    /** Printable, and not too long for one line. */
    private static String shown(final String text) {
        final StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
            final char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) && text.length() == 1) {
                shown.append(String.format("\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.append(text.length() > MAX_SHOWN ? "..." : "").toString();
    }

    /** The number of dots in it, for {@code ndots} of resolv.conf(5). */
    int dots() {
        return (int) text.chars().filter(c -> c == '.').count();
    }

    /** True if it is {@code domain} or below it. */
    boolean isIn(final String domain) {
        return text.equals(domain) || text.endsWith("." + domain);
    }
}
