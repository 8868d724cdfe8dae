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

    /** The options of a script alone. */
    public static List<Option> options(final String text) throws ScriptException {
        return new ScriptParser(new Tokens(new Lexer(text).tokens(), Map.of()), AddressMode.IPV4).options();
    }

    /**
     * Parses a script.
     *
     * @param definitions values of words, as by {@code --define}
     */
    public static Script parse(final String text, final Map<String, String> definitions) throws ScriptException {
        return parse(text, definitions, AddressMode.IPV4);
    }

    /**
     * Parses a script.
     *
     * @param definitions values of words, as by {@code --define}
     * @param mode unless the script has an option {@code ip_version}
     */
    public static Script parse(final String text, final Map<String, String> definitions, final AddressMode mode)
            throws ScriptException {
        return new ScriptParser(new Tokens(new Lexer(text).tokens(), definitions), mode).script();
    }
}
