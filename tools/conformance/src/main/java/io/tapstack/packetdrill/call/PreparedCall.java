package io.tapstack.packetdrill.call;

import io.tapstack.packetdrill.script.ScriptException;

/**
 * A system call with its arguments: first it is invoked, on any thread, then it is checked by whoever plays the script.
 */
public interface PreparedCall {

    /** Makes the call, which may wait. @return 0 or more, or a negative errno */
    long invoke();

    /** Compares the result and what else the call has answered with what the script expects, and takes note of it. */
    void check(long result) throws ScriptException;
}
