package io.tapstack.tap;

import java.io.IOException;

/** A TAP cannot be opened, or is gone. The message is one line with the problem and the remedy. */
public final class TapException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    TapException(final String problem, final String remedy) {
        super(remedy.isEmpty() ? problem : problem + ": " + remedy);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** The problem. */
    public String problem() {
        return problem;
    }

    /** The remedy, as a command where there is one; empty if there is none. */
    public String remedy() {
        return remedy;
    }
}
