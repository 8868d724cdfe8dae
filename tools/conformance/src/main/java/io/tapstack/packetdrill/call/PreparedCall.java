package io.tapstack.packetdrill.call;

import io.tapstack.packetdrill.script.ScriptException;

/**
 * A system call with its arguments: it is invoked, on any thread, and then checked by the thread that plays the script.
 */
public interface PreparedCall {

    /**
     * Makes the call, which may wait.
     *
     * @return 0 or more, or a negative errno
     */
    long invoke();

    /** Compares the result and other output of the call with the script's, and records its effects. */
    void check(long result) throws ScriptException;
}
