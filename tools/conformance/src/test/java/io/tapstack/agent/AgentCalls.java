package io.tapstack.agent;

import io.tapstack.agent.AgentClient.Answer;
import java.io.IOException;
import java.util.Arrays;

/** The requests of docs/agent.md, of the agent or of something that answers as the agent does. */
interface AgentCalls {

    /** Makes a request. */
    Answer call(int op, long a, long b, long c, long d, byte... blob) throws IOException;

    /** Makes a request without bytes; numbers that are left out are 0. */
    default Answer call(final int op, final long... numbers) throws IOException {
        final long[] all = Arrays.copyOf(numbers, 4);
        return call(op, all[0], all[1], all[2], all[3], new byte[0]);
    }
}
