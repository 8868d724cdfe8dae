package io.tapstack.packetdrill.script;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The action of an event. */
public sealed interface Action {

    /** A packet is sent to the stack ({@code <}), or expected from it ({@code >}). */
    record Packet(PacketSpec packet) implements Action {}

    /**
     * A system call as strace writes it: {@code listen(3, 1) = 0}.
     *
     * @param end the time at which a blocking call returns, in microseconds on the event's own scale; empty for a call
     *     that must not block
     * @param errno the name of the expected error, or null for none
     */
    record Call(
            OptionalLong end,
            String name,
            List<Expression> arguments,
            Expression result,
            @Nullable String errno) implements Action {}

    /** A shell command, in back quotes. */
    record Command(String text) implements Action {}

    /** Assertions about the connection, between <code>%{</code> and <code>}%</code>. */
    record Code(String text) implements Action {}
}
