package io.tapstack.packetdrill.call;

import io.tapstack.packetdrill.packet.ScriptFlow;
import io.tapstack.packetdrill.packet.ScriptFlows;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.posix.SocketName;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of scripts by name; {@link LifecycleCalls}, {@link TransferCalls}, {@link OptionCalls} and
 * {@link ReadinessCalls} implement them.
 */
public final class Calls {

    /** Turns a call of the script into one that can be made. */
    @FunctionalInterface
    interface Handler {
        PreparedCall prepare(Action.Call call, int line) throws ScriptException;
    }

    /** A further check of an expected result. */
    @FunctionalInterface
    interface Check {
        void check(long result) throws ScriptException;
    }

    private final SystemCalls system;
    private final ScriptFlows flows;
    private final Map<String, Handler> handlers = new HashMap<>();
    private final Map<Integer, OpenSocket> sockets = new HashMap<>();
    private int lastConnected = -1;
    private int lastListening = -1;

    /** A descriptor of the script. */
    static final class OpenSocket {
        /** The descriptor under test. */
        final int fd;

        final int type;
        int boundPort;

        @Nullable
        ScriptFlow flow;

        OpenSocket(final int fd, final int type) {
            this.fd = fd;
            this.type = type;
        }
    }

    /**
     * @param local the address for {@code ...} in bind, whose family is that of sockets
     * @param remote the address for {@code ...} in connect and sendto
     * @param toleranceMicros the tolerance of the times in messages
     */
    public Calls(
            final SystemCalls system,
            final ScriptFlows flows,
            final SocketName local,
            final SocketName remote,
            final long toleranceMicros) {
        this.system = system;
        this.flows = flows;
        new LifecycleCalls(this, local, remote).register(handlers);
        new TransferCalls(this, remote, toleranceMicros).register(handlers);
        new OptionCalls(this).register(handlers);
        new ReadinessCalls(this).register(handlers);
    }

    /** Prepares a call. A socket that it opens is known from now on. */
    public PreparedCall prepare(final Action.Call call, final int line) throws ScriptException {
        final Handler handler = handlers.get(call.name());
        if (handler == null) {
            throw ScriptException.unsupported(line, "system call " + call.name());
        }
        return handler.prepare(call, line);
    }

    /**
     * The descriptor of the connection under test, or of a listener if there is no connection yet; -1 if there is
     * neither.
     */
    public int descriptorUnderTest() {
        final ScriptFlow flow = flows.underTest().orElse(null);
        for (final OpenSocket socket : sockets.values()) {
            if (flow != null && socket.flow == flow) {
                return socket.fd;
            }
        }
        return lastConnected >= 0 ? lastConnected : lastListening;
    }

    /** Closes the sockets that the script has left open. */
    public void closeAll() {
        sockets.values().forEach(socket -> system.close(socket.fd));
        sockets.clear();
    }

    // ---- For the handlers

    SystemCalls system() {
        return system;
    }

    ScriptFlows flows() {
        return flows;
    }

    /** The descriptor under test for one of the script; a bad one if the script has never opened it. */
    int descriptor(final int scriptFd) {
        final OpenSocket socket = sockets.get(scriptFd);
        return socket == null ? -1 : socket.fd;
    }

    @Nullable
    OpenSocket socket(final int scriptFd) {
        return sockets.get(scriptFd);
    }

    void opened(final int scriptFd, final OpenSocket socket) {
        sockets.put(scriptFd, socket);
    }

    /** The script will not use the descriptor any more, except to see that it is a bad one. */
    void closed(final int scriptFd) {
        final OpenSocket socket = sockets.get(scriptFd);
        if (socket != null && socket.fd == lastConnected) {
            lastConnected = -1;
        }
        if (socket != null && socket.fd == lastListening) {
            lastListening = -1;
        }
        sockets.remove(scriptFd);
    }

    void connected(final OpenSocket socket) {
        lastConnected = socket.fd;
    }

    void listening(final int fd) {
        lastListening = fd;
    }

    /** A call whose result is exactly the script's. */
    static PreparedCall exact(final Action.Call call, final int line, final LongSupplier body, final Check check) {
        return new Exact(call, line, body, check);
    }

    /** The same, without a further check. */
    static PreparedCall exact(final Action.Call call, final int line, final LongSupplier body) {
        return exact(call, line, body, result -> {});
    }

    /** A call that opens a descriptor, which the script numbers itself. */
    static PreparedCall opening(final Action.Call call, final int line, final LongSupplier body, final Check check) {
        return new Exact(call, line, body, check) {
            @Override
            boolean isExpected(final long expected, final long result) {
                return expected >= 0 ? result >= 0 : super.isExpected(expected, result);
            }
        };
    }

    /** The number that the script has as the result. */
    static long scriptResult(final Action.Call call, final int line) throws ScriptException {
        return call.result() instanceof Expression.Ellipsis
                ? 0
                : new CallArguments(call, line, 0, Integer.MAX_VALUE).value(call.result());
    }

    private static class Exact implements PreparedCall {

        private final Action.Call call;
        private final int line;
        private final LongSupplier body;
        private final Check check;

        Exact(final Action.Call call, final int line, final LongSupplier body, final Check check) {
            this.call = call;
            this.line = line;
            this.body = body;
            this.check = check;
        }

        @Override
        public long invoke() {
            return body.getAsLong();
        }

        boolean isExpected(final long expected, final long result) {
            return expected == result;
        }

        @Override
        public final void check(final long result) throws ScriptException {
            if (!(call.result() instanceof Expression.Ellipsis)) {
                long expected = scriptResult(call, line);
                final String errno = call.errno();
                if (errno != null) {
                    final OptionalLong number = Symbols.errno(errno);
                    if (number.isEmpty()) {
                        throw ScriptException.unsupported(line, "error " + errno);
                    }
                    expected = -number.getAsLong();
                }
                final boolean anyError = errno == null && expected == -1 && result < 0;
                if (!anyError && !isExpected(expected, result)) {
                    throw new ScriptException(
                            line,
                            "runtime error in " + call.name() + " call: expected result " + text(expected) + " but got "
                                    + text(result));
                }
            }
            check.check(result);
        }

        private static String text(final long result) {
            return result < 0 ? "-1 " + Symbols.errnoName(-result) : Long.toString(result);
        }
    }
}
