package io.tapstack.packetdrill.script;

/** Something is wrong with a script, or with what happened when it was played: the line, and one sentence about it. */
public class ScriptException extends Exception {

    private static final long serialVersionUID = 1;

    private final int line;

    /** @param line counted from 1 */
    public ScriptException(final int line, final String message) {
        super(message);
        this.line = line;
    }

    /** Something that packetdrill knows and this runner does not. It is never skipped. */
    public static ScriptException unsupported(final int line, final String what) {
        return new ScriptException(line, "unsupported: " + what);
    }

    /** The line in the script, counted from 1. */
    public int line() {
        return line;
    }

    /** What a compiler would print: {@code file:line: message}. */
    public String describe(final String file) {
        return file + ":" + line + ": " + getMessage();
    }
}
