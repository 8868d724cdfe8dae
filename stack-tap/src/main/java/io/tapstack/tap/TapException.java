package io.tapstack.tap;

import java.io.IOException;

/** A TAP cannot be opened, or is gone. The message is one line that says what is wrong and what helps. */
public final class TapException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    TapException(final String problem, final String remedy) {
        super(remedy.isEmpty() ? problem : problem + ": " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What is wrong. */
    public String problem() {
        return problem;
    }

    /** What the user can do about it, as a command where there is one; empty if there is nothing to advise. */
    public String remedy() {
        return remedy;
    }
}
