package io.tapstack.agent;

import io.tapstack.agent.AgentLink.Sent;
import io.tapstack.conformance.setting.Setting;
import io.tapstack.error.SocketError;
import io.tapstack.posix.LinuxErrno;
import io.tapstack.posix.MessageHeader;
import io.tapstack.posix.Readiness;
import io.tapstack.posix.Readiness.PollFd;
import io.tapstack.posix.SocketCalls;
import io.tapstack.posix.SocketName;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.EventPoll;
import io.tapstack.socket.PeerAddress;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations of the agent, each from an {@link AgentRequest} to an {@link AgentReply}. */
final class Operations {

    static final int RESET = 1;
    static final int SOCKET = 2;
    static final int BIND = 3;
    static final int LISTEN = 4;
    static final int ACCEPT = 5;
    static final int CONNECT = 6;
    static final int RECV = 7;
    static final int SEND = 8;
    static final int CLOSE = 9;
    static final int SHUTDOWN = 10;
    static final int GETSOCKOPT = 11;
    static final int SETSOCKOPT = 12;
    static final int FCNTL = 13;
    static final int POLL = 14;
    static final int PACKET_IN = 15;
    static final int PACKET_OUT = 16;
    static final int ADVANCE = 17;
    static final int NOW = 18;
    static final int IOCTL = 19;
    static final int EPOLL_CREATE = 20;
    static final int EPOLL_CTL = 21;
    static final int EPOLL_WAIT = 22;
    static final int NAME = 23;
    static final int SET = 24;
    static final int RECVMSG = 25;
    static final int SENDMSG = 26;

    /** Port and address of IPv4. */
    private static final int IPV4_BYTES = 6;

    /** Port, address and scope of IPv6. */
    private static final int IPV6_BYTES = 22;

    private static final int POLLFD_BYTES = 8;

    /** Name and lengths of a message. */
    private static final int MESSAGE_HEAD = IPV6_BYTES + 2 * Integer.BYTES;

    /** Most room for control messages. */
    private static final int MAX_CONTROL = 65_536;

    /** {@code struct epoll_event} is packed on x86-64. */
    private static final int EPOLL_EVENT_BYTES = 12;

    /** Most descriptors, or events, of one call. */
    private static final int MAX_ENTRIES = 65_536;

    private static final long MAX_ADVANCE_MICROS = 365L * 86_400 * 1_000_000;
    private static final AgentReply INVALID = AgentReply.of(-SocketError.EINVAL.errno());

    private final Incarnation incarnation;
    private final Runnable reset;
    private final SocketCalls calls;

    /** @param reset starts a new incarnation */
    Operations(final Incarnation incarnation, final Runnable reset) {
        this.incarnation = incarnation;
        this.reset = reset;
        this.calls = incarnation.calls();
    }

    /** @throws InterruptedException if the call was interrupted */
    AgentReply perform(final AgentRequest request) throws InterruptedException {
        if (request.op() != NOW && request.op() != RESET) {
            incarnation.catchUp();
        }
        final long a = request.a();
        final long b = request.b();
        return switch (request.op()) {
            case RESET -> reset();
            case SOCKET -> AgentReply.of(calls.socket((int) a, (int) b, (int) request.c()));
            case BIND -> bind(request);
            case LISTEN -> AgentReply.of(calls.listen(a, (int) b));
            case ACCEPT -> accept(a, (int) b);
            case CONNECT -> connect(request);
            case RECV -> receive(request);
            case SEND -> send(request);
            case CLOSE -> AgentReply.of(calls.close(a));
            case SHUTDOWN -> AgentReply.of(calls.shutdown(a, (int) b));
            case GETSOCKOPT -> option(request);
            case SETSOCKOPT -> AgentReply.of(calls.setOption(a, (int) b, (int) request.c(), request.blob()));
            case FCNTL -> AgentReply.of(calls.fcntl(a, (int) b, (int) request.c()));
            case POLL -> poll(request);
            case PACKET_IN -> packetIn(request);
            case PACKET_OUT -> packetOut();
            case ADVANCE -> advance(a);
            case NOW -> AgentReply.ofNumber(incarnation.uniqueMicros());
            case IOCTL -> ioctl(a, b);
            case EPOLL_CREATE -> AgentReply.of(a < 0 ? -SocketError.EINVAL.errno() : calls.epollCreate(0));
            case EPOLL_CTL -> epollControl(request);
            case EPOLL_WAIT -> epollWait(a, b, (int) request.c());
            case NAME -> name(a, b);
            case SET -> set(request);
            case RECVMSG -> receiveMessage(request);
            case SENDMSG -> sendMessage(request);
            default -> AgentReply.of(-LinuxErrno.ENOSYS);
        };
    }

    // ---- Sockets

    private AgentReply bind(final AgentRequest request) {
        final SocketName name = name(request.blob(), request.blob().remaining());
        return name == null ? INVALID : AgentReply.of(calls.bind(request.a(), name));
    }

    private AgentReply connect(final AgentRequest request) {
        final ByteBuffer blob = request.blob();
        if (blob.remaining() == Short.BYTES && blob.getShort() == SocketCalls.AF_UNSPEC) {
            return AgentReply.of(calls.connect(request.a(), (Endpoint) null));
        }
        final SocketName name = name(blob, blob.remaining());
        return name == null ? INVALID : AgentReply.of(calls.connect(request.a(), name));
    }

    private AgentReply accept(final long fd, final int flags) {
        final long accepted = calls.accept(fd, flags);
        final Endpoint peer = accepted < 0 ? null : calls.acceptedFrom(accepted);
        final AddressFamily family = calls.family(fd);
        return AgentReply.of(accepted, blob(family, peer == null ? new Endpoint(family.any(), 0) : peer));
    }

    private AgentReply receive(final AgentRequest request) {
        final long length = request.b();
        if (length < 0) {
            return INVALID;
        }
        final AddressFamily family = calls.family(request.a());
        final int front = family == AddressFamily.IPV4 ? IPV4_BYTES : IPV6_BYTES;
        final ByteBuffer blob = buffer(front + (int) Math.min(length, AgentRequest.MAX_BLOB - front));
        blob.position(front);
        final PeerAddress from = new PeerAddress();
        final int flags = (int) request.c();
        final long result = calls.receive(request.a(), blob, flags, from);
        if (result < 0) {
            return AgentReply.of(result);
        }
        final Endpoint sender = from.endpoint();
        if (sender != null) {
            put(blob.flip(), family, sender);
            return new AgentReply(result, front, blob.position(0));
        }
        if (calls.discards(request.a(), flags)) {
            return AgentReply.of(result);
        }
        return AgentReply.of(result, blob.flip().position(front));
    }

    private AgentReply send(final AgentRequest request) {
        final ByteBuffer blob = request.blob();
        final boolean addressed = request.d() != 0;
        final SocketName to = addressed ? name(blob, request.d()) : null;
        if (addressed && to == null || request.b() < 0 || request.b() > blob.remaining()) {
            return INVALID;
        }
        final long unfit = to == null ? 0 : calls.checkDestination(request.a(), to);
        if (unfit != 0) {
            return AgentReply.of(unfit);
        }
        blob.limit(blob.position() + (int) request.b());
        return AgentReply.of(calls.send(request.a(), blob, (int) request.c(), endpoint(to)));
    }

    /** The reply's blob: {@code u32 n, n bytes of name, u32 n, n bytes of control messages}, data. */
    private AgentReply receiveMessage(final AgentRequest request) {
        final long length = request.b();
        final long room = request.d();
        if (length < 0 || room < 0) {
            return INVALID;
        }
        final ByteBuffer data = buffer((int) Math.min(length, AgentRequest.MAX_BLOB - MAX_CONTROL - MESSAGE_HEAD));
        final MessageHeader message = new MessageHeader(null, buffer((int) Math.min(room, MAX_CONTROL)));
        final int flags = (int) request.c();
        final long result = calls.receiveMessage(request.a(), data, flags, message);
        if (result < 0) {
            return AgentReply.of(result);
        }
        data.flip();
        if (calls.discards(request.a(), flags)) {
            data.limit(0);
        }
        final ByteBuffer control = message.control().flip();
        final ByteBuffer blob = buffer(MESSAGE_HEAD + control.remaining() + data.remaining());
        final Endpoint name = message.name();
        final ByteBuffer from = name == null ? buffer(0) : blob(calls.family(request.a()), name);
        blob.putInt(from.remaining()).put(from);
        blob.putInt(control.remaining()).put(control).put(data);
        return new AgentReply(result, message.flags(), blob.flip());
    }

    /** The request's blob: the address, as {@code d} says, {@code u32 n, n bytes of control messages}, data. */
    private AgentReply sendMessage(final AgentRequest request) {
        final ByteBuffer blob = request.blob();
        final SocketName to = request.d() == 0 ? null : name(blob, request.d());
        if (request.d() != 0 && to == null || blob.remaining() < Integer.BYTES) {
            return INVALID;
        }
        final long controlLength = Integer.toUnsignedLong(blob.getInt());
        if (controlLength > blob.remaining()) {
            return INVALID;
        }
        final ByteBuffer control = blob.slice(blob.position(), (int) controlLength);
        blob.position(blob.position() + (int) controlLength);
        if (request.b() < 0 || request.b() > blob.remaining()) {
            return INVALID;
        }
        final long unfit = to == null ? 0 : calls.checkDestination(request.a(), to);
        if (unfit != 0) {
            return AgentReply.of(unfit);
        }
        blob.limit(blob.position() + (int) request.b());
        return AgentReply.of(
                calls.sendMessage(request.a(), blob, (int) request.c(), new MessageHeader(endpoint(to), control)));
    }

    private AgentReply option(final AgentRequest request) {
        final ByteBuffer value = buffer(SocketCalls.maxOptionBytes());
        final long length = calls.option(
                request.a(),
                (int) request.b(),
                (int) request.c(),
                (int) Math.min(request.d(), Integer.MAX_VALUE),
                value);
        return AgentReply.of(Math.min(length, 0), value.flip());
    }

    private AgentReply ioctl(final long fd, final long request) {
        final long number = calls.ioctl(fd, request);
        return number < 0 ? AgentReply.of(number) : AgentReply.ofNumber(number);
    }

    private AgentReply name(final long fd, final long whose) {
        if (whose != 0 && whose != 1) {
            return INVALID;
        }
        final Endpoint name = whose == 0 ? calls.name(fd) : calls.peerName(fd);
        if (name == null) {
            return AgentReply.of(calls.nameError(fd));
        }
        return AgentReply.of(0, blob(calls.family(fd), name));
    }

    // ---- Readiness

    private AgentReply poll(final AgentRequest request) {
        final ByteBuffer blob = request.blob();
        if (request.a() < 0 || request.a() > MAX_ENTRIES || blob.remaining() < request.a() * POLLFD_BYTES) {
            return INVALID;
        }
        final List<PollFd> all = new ArrayList<>((int) request.a());
        for (int i = 0; i < request.a(); i++) {
            all.add(new PollFd(blob.getInt(), blob.getShort() & 0xFFFF));
            blob.getShort();
        }
        final long ready = incarnation.readiness().poll(all, (int) request.b());
        final ByteBuffer found = buffer(all.size() * POLLFD_BYTES);
        for (final PollFd each : all) {
            found.putInt(each.fd()).putShort((short) each.events()).putShort((short) each.revents());
        }
        return AgentReply.of(ready, found.flip());
    }

    private AgentReply epollControl(final AgentRequest request) {
        final ByteBuffer event = request.blob();
        final boolean given = event.remaining() >= EPOLL_EVENT_BYTES;
        final int operation = (int) request.b();
        if (!given && operation != Readiness.EPOLL_CTL_DEL) {
            return INVALID;
        }
        final int events = given ? event.getInt() : 0;
        final long data = given ? event.getLong() : 0;
        return AgentReply.of(incarnation.readiness().control(request.a(), operation, request.c(), events, data));
    }

    private AgentReply epollWait(final long epoll, final long most, final int timeoutMillis) {
        final List<EventPoll.Event> found = new ArrayList<>();
        final long count =
                incarnation.readiness().await(epoll, found, (int) Math.min(most, MAX_ENTRIES), timeoutMillis);
        final ByteBuffer blob = buffer(found.size() * EPOLL_EVENT_BYTES);
        found.forEach(event -> blob.putInt(event.events()).putLong(event.data()));
        return AgentReply.of(count, blob.flip());
    }

    // ---- The link and the clock

    private AgentReply packetIn(final AgentRequest request) {
        final AgentLink link = incarnation.link();
        if (link == null) {
            return AgentReply.of(-SocketError.EOPNOTSUPP.errno());
        }
        final byte[] packet = new byte[request.blob().remaining()];
        if (packet.length == 0 || packet.length > AgentLink.MAX_PACKET) {
            return AgentReply.of(packet.length == 0 ? -SocketError.EINVAL.errno() : -SocketError.EMSGSIZE.errno());
        }
        request.blob().get(packet);
        if (!link.inject(packet)) {
            return AgentReply.of(-SocketError.ENOBUFS.errno());
        }
        incarnation.packetArrived();
        return AgentReply.of(0);
    }

    private AgentReply packetOut() throws InterruptedException {
        final AgentLink link = incarnation.link();
        if (link == null) {
            return AgentReply.of(-SocketError.EOPNOTSUPP.errno());
        }
        final Sent sent = incarnation.nextPacket(link);
        return sent == null
                ? AgentReply.of(-LinuxErrno.ETIME)
                : new AgentReply(0, incarnation.micros(sent.nanos()), ByteBuffer.wrap(sent.packet()));
    }

    private AgentReply advance(final long micros) throws InterruptedException {
        if (micros < 0 || micros > MAX_ADVANCE_MICROS) {
            return INVALID;
        }
        incarnation.advance(micros);
        return AgentReply.of(0);
    }

    // ---- The agent itself

    private AgentReply reset() {
        reset.run();
        return AgentReply.of(0);
    }

    private AgentReply set(final AgentRequest request) {
        try {
            final Setting setting =
                    Setting.parse(StandardCharsets.UTF_8.decode(request.blob()).toString());
            incarnation.apply(setting);
            return AgentReply.of(0);
        } catch (final IllegalArgumentException e) {
            return INVALID;
        }
    }

    // ---- Bytes

    private static ByteBuffer buffer(final int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads a socket address: port and address in network order, and of IPv6 the scope.
     *
     * @param length 6 of IPv4, 22 of IPv6
     * @return null for another length, or if there are too few bytes
     */
    private static @Nullable SocketName name(final ByteBuffer blob, final long length) {
        if (length != IPV4_BYTES && length != IPV6_BYTES || blob.remaining() < length) {
            return null;
        }
        final int port = Short.toUnsignedInt(Short.reverseBytes(blob.getShort()));
        if (length == IPV4_BYTES) {
            final IpAddress address = IpAddress.ipv4(Integer.reverseBytes(blob.getInt()));
            return new SocketName(AddressFamily.IPV4, new Endpoint(address, port), 0);
        }
        final IpAddress address = IpAddress.ipv6(Long.reverseBytes(blob.getLong()), Long.reverseBytes(blob.getLong()));
        return new SocketName(AddressFamily.IPV6, new Endpoint(address, port), blob.getInt());
    }

    private static @Nullable Endpoint endpoint(final @Nullable SocketName name) {
        return name == null ? null : name.endpoint();
    }

    private static ByteBuffer blob(final AddressFamily family, final Endpoint endpoint) {
        final ByteBuffer blob = buffer(family == AddressFamily.IPV4 ? IPV4_BYTES : IPV6_BYTES);
        put(blob, family, endpoint);
        return blob.flip();
    }

    private static void put(final ByteBuffer blob, final AddressFamily family, final Endpoint endpoint) {
        blob.putShort(Short.reverseBytes((short) endpoint.port()));
        if (family == AddressFamily.IPV4) {
            blob.putInt(Integer.reverseBytes(endpoint.address().ipv4Bits()));
        } else {
            blob.put(endpoint.address().toIpv6Bytes());
            blob.putInt(SocketName.of(family, endpoint).scope());
        }
    }
}
