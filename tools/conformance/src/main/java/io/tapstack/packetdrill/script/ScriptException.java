package io.tapstack.packetdrill.script;

/** An error of a script, or in its playing: the line, and one sentence. */
public class ScriptException extends Exception {

    private static final long serialVersionUID = 1;

    private final int line;

    /** @param line counted from 1 */
    public ScriptException(final int line, final String message) {
        super(message);
        this.line = line;
    }

    /** A feature of packetdrill that this runner lacks. It is never skipped. */
    public static ScriptException unsupported(final int line, final String what) {
        return new ScriptException(line, "unsupported: " + what);
    }

    /** The line in the script, counted from 1. */
    public int line() {
        return line;
    }

    /** A message in the form of a compiler: {@code file:line: message}. */
    public String describe(final String file) {
        return file + ":" + line + ": " + getMessage();
    }
}
