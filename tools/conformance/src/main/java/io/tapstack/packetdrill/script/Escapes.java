package io.tapstack.packetdrill.script;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The escapes of C in a string: {@code \n}, {@code \0}, {@code \xa1} and the like. Each character stands for one byte.
 */
final class Escapes {

    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", Pattern.DOTALL);
    private static final String LETTERS = "abtnvfr";
    private static final int FIRST_LETTER_CODE = 7; // \a; the others follow in order

    private Escapes() {}

    static String decode(final Token string) throws ScriptException {
        final StringBuilder plain = new StringBuilder();
        final Matcher escape = ESCAPE.matcher(string.text());
        int at = 0;
        while (escape.find()) {
            plain.append(string.text(), at, escape.start()).append(character(escape.group(1), string));
            at = escape.end();
        }
        return plain.append(string.text().substring(at)).toString();
    }

    private static char character(final String escape, final Token string) throws ScriptException {
        final char first = escape.charAt(0);
        if (first == 'x' && escape.length() > 1) {
            return (char) Integer.parseInt(escape.substring(1), 16);
        }
        if (first >= '0' && first <= '7') {
            return (char) (Integer.parseInt(escape, 8) & 0xFF);
        }
        final int letter = LETTERS.indexOf(first);
        if (letter >= 0) {
            return (char) (FIRST_LETTER_CODE + letter);
        }
        if (Character.isLetterOrDigit(first)) {
            throw new ScriptException(string.line(), "no such escape in a string: \\" + escape);
        }
        return first;
    }
}
