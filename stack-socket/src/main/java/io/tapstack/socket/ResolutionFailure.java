package io.tapstack.socket;

import java.net.UnknownHostException;

/** A name has no address, or none that could be found out now. The message is a whole line for people. */
public final class ResolutionFailure extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    private final boolean temporary;

    public ResolutionFailure(final String message, final boolean temporary) {
        super(message);
        this.temporary = temporary;
    }

    /** True if another try may succeed: no server has an answer (EAI_AGAIN). */
    public boolean isTemporary() {
        return temporary;
    }
}
