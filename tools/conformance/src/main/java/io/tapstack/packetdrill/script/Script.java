package io.tapstack.packetdrill.script;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed script.
 *
 * @param options its {@code --name=value} lines, in order; a value is empty if there is none
 * @param init the command before the first event
 * @param cleanup the command behind the last event, which runs in any case
 */
public record Script(List<Option> options, Optional<Statement> init, List<Event> events, Optional<Statement> cleanup) {

    /** {@code --name=value}. */
    public record Option(int line, String name, String value) {}

    /** A shell command without a time. */
    public record Statement(int line, String command) {}

    /**
     * Parses a script.
     *
     * @param definitions values of words, as by {@code --define}
     */
    public static Script parse(final String text, final Map<String, String> definitions) throws ScriptException {
        return new ScriptParser(new Tokens(new Lexer(text).tokens(), definitions)).script();
    }
}
