package io.tapstack.packetdrill.script;

/**
 * A token of a script.
 *
 * @param text as in the script, without surrounding quotes and brackets
 * @param line of its start, counted from 1
 */
record Token(Kind kind, String text, int line) {

    enum Kind {
        /** Letters, digits and underscores, except a number. */
        WORD,
        INTEGER,
        HEX,
        FLOAT,
        /** Four numbers with dots. */
        IPV4,
        /** In double quotes. */
        STRING,
        /** In back quotes. */
        COMMAND,
        /** Between <code>%{</code> and <code>}%</code>. */
        CODE,
        /** {@code --name}. */
        OPTION,
        ELLIPSIS,
        /** Any other single character. */
        SYMBOL,
        END
    }

    boolean is(final Kind wanted) {
        return kind == wanted;
    }

    /** True for this symbol or this word. */
    boolean is(final String wanted) {
        return (kind == Kind.SYMBOL || kind == Kind.WORD) && text.equals(wanted);
    }

    /** The value of an INTEGER or HEX; saturates, as no field is that wide. */
    long number() {
        try {
            return kind == Kind.HEX ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (final NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public String toString() {
        return kind == Kind.END ? "the end of the script" : "'" + text + "'";
    }
}
