package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.Token.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tokens of a script, one after the other, with defined words replaced. */
final class Tokens {

    private final List<Token> tokens;
    private final Map<String, String> definitions;
    private int at;

    Tokens(final List<Token> tokens, final Map<String, String> definitions) {
        this.tokens = tokens;
        this.definitions = new HashMap<>(definitions);
    }

    /** Replaces {@code word} from now on by {@code value}, which may be in quotes of either kind. */
    void define(final String word, final String value) {
        definitions.put(word, value);
    }

    /** Replaces words that are not defined yet. */
    void defineElse(final Map<String, String> words) {
        words.forEach(definitions::putIfAbsent);
    }

    /** The next token, which stays. */
    Token peek() throws ScriptException {
        return peek(0);
    }

    /** The token {@code ahead} of the next one. */
    Token peek(final int ahead) throws ScriptException {
        final Token token = tokens.get(Math.min(at + ahead, tokens.size() - 1));
        final String value = token.is(Kind.WORD) ? definitions.get(token.text()) : null;
        if (value == null) {
            return token;
        }
        final Token meaning = new Lexer(value).tokens().get(0);
        return new Token(meaning.kind(), meaning.text(), token.line());
    }

    Token next() throws ScriptException {
        final Token token = peek();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    /** Line of the next token. */
    int line() {
        return tokens.get(at).line();
    }

    boolean isNext(final Kind kind) throws ScriptException {
        return peek().is(kind);
    }

    boolean isNext(final String text) throws ScriptException {
        return peek().is(text);
    }

    /** Takes the next token if it is this symbol or word. */
    boolean take(final String text) throws ScriptException {
        if (!isNext(text)) {
            return false;
        }
        next();
        return true;
    }

    /** Takes the next token, which must be this symbol or word. */
    void expect(final String text) throws ScriptException {
        if (!take(text)) {
            throw error("'" + text + "'");
        }
    }

    Token expect(final Kind kind, final String what) throws ScriptException {
        if (!isNext(kind)) {
            throw error(what);
        }
        return next();
    }

    /** An integer between two limits. */
    long integer(final String what, final long least, final long most) throws ScriptException {
        final int line = line();
        if (!isNext(Kind.INTEGER) && !isNext(Kind.HEX)) {
            throw error("a number for " + what);
        }
        final long value = next().number();
        if (value < least || value > most) {
            throw new ScriptException(line, what + " out of range: " + value);
        }
        return value;
    }

    /** The error for a token that is not {@code expected}. */
    ScriptException error(final String expected) throws ScriptException {
        return new ScriptException(line(), "syntax error at " + peek() + ": expected " + expected);
    }
}
