package io.tapstack.packetdrill.call;

import static io.tapstack.packetdrill.call.Calls.exact;

import io.tapstack.packetdrill.call.Calls.Handler;
import io.tapstack.packetdrill.call.Calls.OpenSocket;
import io.tapstack.packetdrill.call.SystemCalls.Received;
import io.tapstack.packetdrill.packet.ScriptFlow;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Expression;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.posix.SocketName;
import io.tapstack.wire.IpProtocol;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sending and receiving. Sent bytes are zeros, and received ones are not compared, as the packets are. */
final class TransferCalls {

    private static final int MSG_FASTOPEN = 0x2000_0000;

    private final Calls calls;
    private final SystemCalls system;
    private final SocketName remote;
    private final long toleranceMicros;

    TransferCalls(final Calls calls, final SocketName remote, final long toleranceMicros) {
        this.calls = calls;
        this.system = calls.system();
        this.remote = remote;
        this.toleranceMicros = toleranceMicros;
    }

    void register(final Map<String, Handler> handlers) {
        handlers.put("read", (call, line) -> receive(call, line, 3));
        handlers.put("recv", (call, line) -> receive(call, line, 4));
        handlers.put("recvfrom", (call, line) -> receive(call, line, 6));
        handlers.put("readv", this::readVector);
        handlers.put("recvmsg", this::receiveMessage);
        handlers.put("write", (call, line) -> send(call, line, 3));
        handlers.put("send", (call, line) -> send(call, line, 4));
        handlers.put("sendto", (call, line) -> send(call, line, 6));
        handlers.put("writev", this::writeVector);
        handlers.put("sendmsg", this::sendMessage);
        handlers.put("open", this::open);
        handlers.put("sendfile", this::sendFile);
    }

    // ---- In

    private PreparedCall receive(final Action.Call call, final int line, final int count) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, count, count);
        final int fd = calls.descriptor(arguments.integer(0));
        final byte[] target = new byte[arguments.length(arguments.integer(2))];
        final int flags = count > 3 ? arguments.integer(3) : 0;
        return exact(call, line, () -> system.receive(fd, target, flags).result());
    }

    private PreparedCall readVector(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final int fd = calls.descriptor(arguments.integer(0));
        final byte[] target = new byte[arguments.length(arguments.vectorLength(arguments.get(1)))];
        return exact(call, line, () -> system.receive(fd, target, 0).result());
    }

    private PreparedCall receiveMessage(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final int fd = calls.descriptor(arguments.integer(0));
        final Expression.Struct message = arguments.struct(arguments.get(1));
        final byte[] target = new byte[arguments.length(arguments.vectorLength(arguments.field(message, "msg_iov")))];
        final ControlMessages expected = ControlMessages.of(arguments, message);
        final byte[] control = new byte[expected == null ? 0 : ControlMessages.ROOM];
        final int flags = arguments.integer(2);
        final AtomicReference<Received> received = new AtomicReference<>(new Received(0, 0));
        return exact(
                call,
                line,
                () -> {
                    final Received now = system.receiveMessage(fd, target, control, flags);
                    received.set(now);
                    return now.result();
                },
                result -> {
                    checkFlags(arguments, message.field("msg_flags"), Objects.requireNonNull(received.get()), result);
                    if (result >= 0 && expected != null) {
                        expected.check(control, nanos -> nanos - system.startNanos(), toleranceMicros);
                    }
                });
    }

    private static void checkFlags(
            final CallArguments arguments,
            final @Nullable Expression expected,
            final Received received,
            final long result)
            throws ScriptException {
        if (result >= 0 && expected != null && !(expected instanceof Expression.Ellipsis)) {
            final long flags = arguments.value(expected);
            if (flags != received.flags()) {
                throw arguments.error("expected msg_flags " + flags + " but got " + received.flags());
            }
        }
    }

    // ---- Out

    private PreparedCall send(final Action.Call call, final int line, final int count) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, count, count);
        final byte[] data = arguments.data(1, 2);
        final int flags = count > 3 ? arguments.integer(3) : 0;
        final OpenSocket socket = calls.socket(arguments.integer(0));
        final SocketName to = count < 6 ? null : destination(arguments.address(4, remote), socket, flags);
        final int fd = calls.descriptor(arguments.integer(0));
        return exact(call, line, () -> system.send(fd, data, flags, to));
    }

    /** The destination of sendto; on a TCP socket an address has a meaning with MSG_FASTOPEN only, and connects. */
    private @Nullable SocketName destination(
            final @Nullable SocketName to, final @Nullable OpenSocket socket, final int flags) {
        if (socket == null || to == null) {
            return to;
        }
        if (socket.type == LifecycleCalls.DATAGRAM) {
            final ScriptFlow flow = socket.flow;
            if (flow == null || !flow.isTo(to.endpoint().port())) {
                socket.flow = calls.flows()
                        .connecting(
                                IpProtocol.UDP, socket.boundPort, to.endpoint().port());
            }
            return to;
        }
        if ((flags & MSG_FASTOPEN) == 0) {
            return null;
        }
        if (socket.flow == null) {
            socket.flow = calls.flows()
                    .connecting(IpProtocol.TCP, socket.boundPort, to.endpoint().port());
            calls.connected(socket);
        }
        return to;
    }

    private PreparedCall writeVector(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        return send(call, line, arguments, arguments.vectorLength(arguments.get(1)), 0, null);
    }

    private PreparedCall sendMessage(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final Expression.Struct message = arguments.struct(arguments.get(1));
        final int length = arguments.vectorLength(arguments.field(message, "msg_iov"));
        final int flags = arguments.integer(2);
        final OpenSocket socket = calls.socket(arguments.integer(0));
        // msg_name is always "..." in scripts.
        final SocketName to = (flags & MSG_FASTOPEN) == 0 ? null : destination(remote, socket, flags);
        final ControlMessages messages = ControlMessages.of(arguments, message);
        if (messages == null) {
            return send(call, line, arguments, length, flags, to);
        }
        final int fd = calls.descriptor(arguments.integer(0));
        final byte[] data = new byte[arguments.length(length)];
        final byte[] control = messages.encode();
        return exact(call, line, () -> system.sendMessage(fd, data, control, flags, to));
    }

    private PreparedCall send(
            final Action.Call call,
            final int line,
            final CallArguments arguments,
            final int length,
            final int flags,
            final @Nullable SocketName to)
            throws ScriptException {
        final int fd = calls.descriptor(arguments.integer(0));
        final byte[] data = new byte[arguments.length(length)];
        return exact(call, line, () -> system.send(fd, data, flags, to));
    }

    // ---- Files: every opened file is full of zeros

    private PreparedCall open(final Action.Call call, final int line) throws ScriptException {
        new CallArguments(call, line, 2, 3);
        final long fd = Calls.scriptResult(call, line);
        return exact(call, line, () -> fd);
    }

    private PreparedCall sendFile(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 4, 4);
        final int fd = calls.descriptor(arguments.integer(0));
        final Expression offset = arguments.bracketed(2);
        final long from = offset == null ? 0 : arguments.value(offset);
        final long count = arguments.number(3);
        return exact(call, line, () -> system.sendFile(fd, from, count));
    }
}
