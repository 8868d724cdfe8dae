package io.tapstack.packetdrill.call;

import static io.tapstack.packetdrill.call.Calls.exact;
import static io.tapstack.packetdrill.call.Calls.opening;

import io.tapstack.packetdrill.call.Calls.Handler;
import io.tapstack.packetdrill.call.Calls.OpenSocket;
import io.tapstack.packetdrill.call.SystemCalls.EpollEvent;
import io.tapstack.packetdrill.call.SystemCalls.PollEntry;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
import java.util.List;
import java.util.Map;

/** Waiting for several sockets: poll and epoll. */
final class ReadinessCalls {

    private static final List<String> EPOLL_DATA = List.of("fd", "u32", "u64", "ptr");

    private final Calls calls;
    private final SystemCalls system;

    ReadinessCalls(final Calls calls) {
        this.calls = calls;
        this.system = calls.system();
    }

    void register(final Map<String, Handler> handlers) {
        handlers.put("poll", this::poll);
        handlers.put("epoll_create", this::epollCreate);
        handlers.put("epoll_create1", this::epollCreate);
        handlers.put("epoll_ctl", this::epollControl);
        handlers.put("epoll_wait", this::epollWait);
    }

    /** {@code poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 0)}. */
    private PreparedCall poll(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final List<Expression> list = arguments.array(0);
        if (list.size() != arguments.integer(1)) {
            throw arguments.error("nfds is not the number of entries");
        }
        final PollEntry[] entries = new PollEntry[list.size()];
        final long[] expected = new long[list.size()];
        for (int i = 0; i < entries.length; i++) {
            final Expression.Struct entry = arguments.struct(list.get(i));
            final int fd = (int) arguments.value(arguments.field(entry, "fd"));
            entries[i] = new PollEntry(calls.descriptor(fd), (int) arguments.value(arguments.field(entry, "events")));
            final Expression revents = entry.field("revents");
            expected[i] = revents == null ? 0 : arguments.value(revents);
        }
        final int timeout = arguments.integer(2);
        return exact(call, line, () -> system.poll(entries, timeout), result -> {
            for (int i = 0; i < entries.length; i++) {
                if (entries[i].revents != expected[i]) {
                    throw arguments.error("entry " + i + ": expected revents " + hex(expected[i]) + " but got "
                            + hex(entries[i].revents));
                }
            }
        });
    }

    private PreparedCall epollCreate(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 1, 1);
        final int flags = call.name().equals("epoll_create") ? 0 : arguments.integer(0);
        return opening(call, line, () -> system.epollCreate(flags), result -> {
            if (result >= 0) {
                calls.opened((int) Calls.scriptResult(call, line), new OpenSocket((int) result, 0));
            }
        });
    }

    /** {@code epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT|EPOLLET, fd=4})}. */
    private PreparedCall epollControl(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 4, 4);
        final int epoll = calls.descriptor(arguments.integer(0));
        final int operation = arguments.integer(1);
        final int fd = calls.descriptor(arguments.integer(2));
        final EpollEvent event = event(arguments, arguments.get(3));
        return exact(call, line, () -> system.epollControl(epoll, operation, fd, event));
    }

    /** {@code epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0)}; a list in brackets for more than one event. */
    private PreparedCall epollWait(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 4, 4);
        final int epoll = calls.descriptor(arguments.integer(0));
        final List<Expression> expected =
                arguments.get(1) instanceof Expression.Array array ? array.elements() : List.of(arguments.get(1));
        final EpollEvent[] events = new EpollEvent[arguments.length(arguments.integer(2))];
        final int timeout = arguments.integer(3);
        return exact(call, line, () -> system.epollWait(epoll, events, timeout), result -> {
            for (int i = 0; i < Math.min(result, expected.size()); i++) {
                if (!(expected.get(i) instanceof Expression.Ellipsis)) {
                    compare(arguments, event(arguments, expected.get(i)), events[i]);
                }
            }
        });
    }

    private static void compare(final CallArguments arguments, final EpollEvent expected, final EpollEvent actual)
            throws ScriptException {
        if (!expected.equals(actual)) {
            throw arguments.error("expected events " + hex(expected.events()) + " data " + expected.data()
                    + " but got events " + hex(actual.events()) + " data " + actual.data());
        }
    }

    private static EpollEvent event(final CallArguments arguments, final Expression expression) throws ScriptException {
        final Expression.Struct struct = arguments.struct(expression);
        final int events = (int) arguments.value(arguments.field(struct, "events"));
        for (final String name : EPOLL_DATA) {
            final Expression data = struct.field(name);
            if (data != null) {
                return new EpollEvent(events, arguments.value(data));
            }
        }
        throw arguments.error("no fd, u32, u64 or ptr in " + struct);
    }

    private static String hex(final long events) {
        return String.format("%#x", events);
    }
}
