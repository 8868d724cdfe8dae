package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a script into tokens. White space and comments, {@code // ...} and <code>/* ... *&#47;</code>, separate them.
 */
final class Lexer {

    /** The pattern of a number or word; the longest match wins, and the first of equally long ones. */
    private record Rule(Kind kind, Pattern pattern) {
        Rule(final Kind kind, final String expression) {
            this(kind, Pattern.compile(expression));
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule(Kind.IPV4, "[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+"),
            new Rule(Kind.ELLIPSIS, "\\.\\.\\."),
            new Rule(Kind.OPTION, "--[a-zA-Z0-9_]+"),
            new Rule(Kind.FLOAT, "-?[0-9]*\\.[0-9]+"),
            new Rule(Kind.HEX, "0[xX][0-9a-fA-F]+"),
            new Rule(Kind.INTEGER, "-?[0-9]+"),
            new Rule(Kind.WORD, "[a-zA-Z0-9_]+"));

    private final String text;
    private int at;
    private int line = 1;

    Lexer(final String text) {
        this.text = text;
    }

    /** All tokens; the last one is {@link Kind#END}. */
    List<Token> tokens() throws ScriptException {
        final List<Token> tokens = new ArrayList<>();
        while (skipBlank()) {
            tokens.add(next());
        }
        tokens.add(new Token(Kind.END, "", line));
        return tokens;
    }

    /**
     * Skips white space and comments.
     *
     * @return false at the end of the script
     */
    private boolean skipBlank() throws ScriptException {
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                advance(1);
            } else if (text.startsWith("//", at)) {
                final int end = text.indexOf('\n', at);
                advance((end < 0 ? text.length() : end) - at);
            } else if (text.startsWith("/*", at)) {
                advance(closing("*/", "comment", 2) + 2 - at);
            } else {
                return true;
            }
        }
        return false;
    }

    private Token next() throws ScriptException {
        if (text.startsWith("%{", at)) {
            return enclosed(Kind.CODE, "}%", "code", 2);
        }
        final char first = text.charAt(at);
        if (first == '"') {
            return enclosed(Kind.STRING, "\"", "string", 1);
        }
        if (first == '`') {
            return enclosed(Kind.COMMAND, "`", "command", 1);
        }
        Kind kind = Kind.SYMBOL;
        int length = 0;
        for (final Rule rule : RULES) {
            final Matcher matcher = rule.pattern().matcher(text).region(at, text.length());
            if (matcher.lookingAt() && matcher.end() - at > length) {
                kind = rule.kind();
                length = matcher.end() - at;
            }
        }
        length = Math.max(1, length);
        final Token token = new Token(kind, text.substring(at, at + length), line);
        advance(length);
        return token;
    }

    private Token enclosed(final Kind kind, final String close, final String what, final int open)
            throws ScriptException {
        final int start = at + open;
        final int end = closing(close, what, open);
        final Token token = new Token(kind, text.substring(start, end), line);
        advance(end + close.length() - at);
        return token;
    }

    /** The offset of the next {@code close} without a backslash in front. */
    private int closing(final String close, final String what, final int open) throws ScriptException {
        int end = text.indexOf(close, at + open);
        while (end > 0 && close.length() == 1 && text.charAt(end - 1) == '\\') {
            end = text.indexOf(close, end + 1);
        }
        if (end < 0) {
            throw new ScriptException(line, "syntax error: this " + what + " has no end");
        }
        return end;
    }

    private void advance(final int length) {
        for (int i = at; i < at + length; i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        at += length;
    }
}
