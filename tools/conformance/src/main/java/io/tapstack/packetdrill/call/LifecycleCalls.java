package io.tapstack.packetdrill.call;

import static io.tapstack.packetdrill.call.Calls.exact;
import static io.tapstack.packetdrill.call.Calls.opening;

import io.tapstack.packetdrill.call.Calls.Handler;
import io.tapstack.packetdrill.call.Calls.OpenSocket;
import io.tapstack.packetdrill.packet.ScriptFlow;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.posix.SocketName;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpProtocol;
import java.util.Map;

/** The life of a socket: socket, bind, listen, accept, connect, shutdown, close. */
final class LifecycleCalls {

    static final int STREAM = 1;
    static final int DATAGRAM = 2;
    private static final int TYPE_MASK = 0xF;

    private final Calls calls;
    private final SystemCalls system;
    private final SocketName local;
    private final SocketName remote;

    LifecycleCalls(final Calls calls, final SocketName local, final SocketName remote) {
        this.calls = calls;
        this.system = calls.system();
        this.local = local;
        this.remote = remote;
    }

    void register(final Map<String, Handler> handlers) {
        handlers.put("socket", this::socket);
        handlers.put("bind", this::bind);
        handlers.put("listen", this::listen);
        handlers.put("accept", (call, line) -> accept(call, line, 3));
        handlers.put("accept4", (call, line) -> accept(call, line, 4));
        handlers.put("connect", this::connect);
        handlers.put("shutdown", this::shutdown);
        handlers.put("close", this::close);
    }

    private PreparedCall socket(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        if (!arguments.isEllipsis(0) && !arguments.get(0).toString().matches("[AP]F_INET6?")) {
            throw ScriptException.unsupported(line, "sockets of " + arguments.get(0));
        }
        final int domain = arguments.isEllipsis(0) ? local.family().number() : arguments.integer(0);
        final int type = arguments.integer(1);
        final int protocol = arguments.integer(2);
        final int kind = type & TYPE_MASK;
        if (kind != STREAM && kind != DATAGRAM || protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            throw ScriptException.unsupported(line, "sockets other than TCP's and UDP's");
        }
        return opening(call, line, () -> system.socket(domain, type, protocol), result -> {
            if (result >= 0) {
                final OpenSocket socket = new OpenSocket((int) result, kind);
                calls.opened((int) Calls.scriptResult(call, line), socket);
                if (kind == DATAGRAM) {
                    socket.flow = calls.flows()
                            .connecting(IpProtocol.UDP, 0, calls.flows().connectPort());
                }
            }
        });
    }

    private PreparedCall bind(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final int fd = arguments.integer(0);
        final SocketName address = arguments.address(1, local);
        if (address == null) {
            throw ScriptException.unsupported(line, "bind to AF_UNSPEC");
        }
        return exact(call, line, () -> system.bind(calls.descriptor(fd), address), result -> {
            final OpenSocket socket = calls.socket(fd);
            if (socket != null && result == 0) {
                final Endpoint bound = system.localAddress(socket.fd);
                socket.boundPort = bound == null ? address.endpoint().port() : bound.port();
                final ScriptFlow flow = socket.flow;
                if (flow != null) {
                    flow.localPort(socket.boundPort);
                }
            }
        });
    }

    private PreparedCall listen(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 2, 2);
        final int fd = arguments.integer(0);
        final int backlog = arguments.integer(1);
        return exact(call, line, () -> system.listen(calls.descriptor(fd), backlog), result -> {
            final Endpoint bound = result == 0 ? system.localAddress(calls.descriptor(fd)) : null;
            if (bound != null) {
                calls.flows().listening(bound.port());
                calls.listening(calls.descriptor(fd));
            }
        });
    }

    private PreparedCall accept(final Action.Call call, final int line, final int count) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, count, count);
        final int fd = arguments.integer(0);
        final int flags = count == 4 ? arguments.integer(3) : 0;
        return opening(call, line, () -> system.accept(calls.descriptor(fd), flags), result -> {
            if (result >= 0) {
                final OpenSocket socket = new OpenSocket((int) result, STREAM);
                calls.opened((int) Calls.scriptResult(call, line), socket);
                calls.connected(socket);
                final Endpoint peer = system.peerAddress(socket.fd);
                final Endpoint here = system.localAddress(socket.fd);
                if (peer != null && here != null) {
                    socket.flow = calls.flows().find(here.port(), peer.port()).orElse(null);
                } else {
                    socket.flow = calls.flows().underTest().orElse(null);
                }
            }
        });
    }

    private PreparedCall connect(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 3, 3);
        final OpenSocket socket = calls.socket(arguments.integer(0));
        final SocketName address = arguments.address(1, remote);
        if (socket != null && address != null) {
            prepareFlow(socket, address.endpoint().port());
        }
        final int descriptor = calls.descriptor(arguments.integer(0));
        return exact(call, line, () -> system.connect(descriptor, address));
    }

    /** The SYN is sent before the call returns, so the connection has to be known before. */
    private void prepareFlow(final OpenSocket socket, final int remotePort) {
        if (socket.type == DATAGRAM) {
            final ScriptFlow flow = socket.flow;
            if (flow == null || !flow.isTo(remotePort)) {
                socket.flow = calls.flows().connecting(IpProtocol.UDP, socket.boundPort, remotePort);
            }
        } else if (socket.flow == null) {
            socket.flow = calls.flows().connecting(IpProtocol.TCP, socket.boundPort, remotePort);
        }
        calls.connected(socket);
    }

    private PreparedCall shutdown(final Action.Call call, final int line) throws ScriptException {
        final CallArguments arguments = new CallArguments(call, line, 2, 2);
        final int fd = arguments.integer(0);
        final int how = arguments.integer(1);
        return exact(call, line, () -> system.shutdown(calls.descriptor(fd), how));
    }

    private PreparedCall close(final Action.Call call, final int line) throws ScriptException {
        final int fd = new CallArguments(call, line, 1, 1).integer(0);
        return exact(call, line, () -> system.close(calls.descriptor(fd)), result -> calls.closed(fd));
    }
}
