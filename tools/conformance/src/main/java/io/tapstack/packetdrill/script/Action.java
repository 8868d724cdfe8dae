package io.tapstack.packetdrill.script;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What happens in an event. */
public sealed interface Action {

    /** A packet goes to the stack ({@code <}), or is expected from it ({@code >}). */
    record Packet(PacketSpec packet) implements Action {}

    /**
     * A system call as strace writes it: {@code listen(3, 1) = 0}.
     *
     * @param end microseconds, on the event's own scale: when a call that blocks comes back; empty for one that must
     *     not block
     * @param errno the name of the error that is expected, or null for none
     */
    record Call(
            OptionalLong end,
            String name,
            List<Expression> arguments,
            Expression result,
            @Nullable String errno) implements Action {}

    /** Something for a shell, in back quotes. */
    record Command(String text) implements Action {}

    /** Assertions about the connection, between <code>%{</code> and <code>}%</code>. */
    record Code(String text) implements Action {}
}
