package io.tapstack.socket;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.ErrorReport;
import io.tapstack.tcp.StampObserver;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.udp.UdpObserver;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket as {@code udp(7)} describes it. A call sends or receives one datagram; bytes beyond the reader's buffer
 * are lost. An ICMP error about a datagram of a connected socket is reported once, by the next call.
 */
public final class DatagramSocket extends StackSocket {

    /** Largest copy that costs less than taking the lock a second time. */
    private static final int SMALL_COPY = 4_096;

    private final UdpEndpoint endpoint;
    private final DatagramOptions options;
    private final CorkedDatagram pieces = new CorkedDatagram();
    private boolean corked;
    private boolean inputShut;
    private boolean outputShut;
    private int zeroCopySends;

    /** Called with the stack's lock held. */
    DatagramSocket(final SocketHost host, final AddressFamily family) {
        super(host, family);
        this.endpoint = host.stack().udp().open(family.any());
        this.options = new DatagramOptions(endpoint, family);
        endpoint.options().timeToLive(host.defaults().timeToLive());
        endpoint.observer(new Events());
    }

    // ---- Names

    @Override
    public int bind(final Endpoint local) {
        return inside(() -> {
            final int unfit = family.local(local, endpoint.options().ipv6Only());
            if (unfit == 0) {
                endpoint.bind(local);
            }
            return unfit;
        });
    }

    /**
     * Connects to {@code remote}: datagrams are sent to it and received from it only. Never waits, and may be called
     * again.
     */
    @Override
    public int connect(final Endpoint remote) {
        return inside(() -> {
            final int unfit = family.peer(remote, endpoint.options().ipv6Only());
            if (unfit == 0) {
                endpoint.connect(remote);
            }
            return unfit;
        });
    }

    /** Undoes {@link #connect}; a port that was not bound by number is released, too. */
    @Override
    public int disconnect() {
        return inside(() -> {
            endpoint.disconnect();
            return 0;
        });
    }

    @Override
    public Endpoint localEndpoint() {
        lock.lock();
        try {
            return endpoint.local();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Endpoint remoteEndpoint() {
        lock.lock();
        try {
            final Endpoint remote = endpoint.remote();
            return remote == null || remote.port() == 0 ? null : remote; // As on Linux, port 0 stands for no peer.
        } finally {
            lock.unlock();
        }
    }

    // ---- Sending

    @Override
    public int send(final ByteBuffer data, final int flags) {
        return sendTo(data, flags, null);
    }

    /**
     * {@code sendto(2)}: all of {@code data} as one datagram; or, with UDP_CORK or MSG_MORE, as a piece of one. The
     * first piece without them sends it, to the destination of the first piece.
     *
     * @param destination null for the connected one
     */
    public int sendTo(final ByteBuffer data, final int flags, final @Nullable Endpoint destination) {
        return sendMessage(data, flags, destination, SentMessage.PLAIN);
    }

    @Override
    public int sendMessage(
            final ByteBuffer data, final int flags, final @Nullable Endpoint destination, final SentMessage message) {
        final int length = data.remaining();
        lock.lock();
        try {
            final int unfit = destination == null
                    ? 0
                    : family.peer(destination, endpoint.options().ipv6Only());
            if (unfit != 0) {
                return unfit;
            }
            final boolean more = corked || MessageFlags.has(flags, MessageFlags.MSG_MORE);
            final int unusable = unusable();
            if (unusable != 0 || !more && !pieces.isPending()) {
                return unusable != 0 ? unusable : sendWhole(data, flags, destination, message);
            }
            // As on Linux, zero bytes begin no datagram.
            if (length == 0 && !pieces.isPending()) {
                return 0;
            }
            if (!pieces.isPending() && destination == null && endpoint.remote() == null) {
                return -SocketError.EDESTADDRREQ.errno();
            }
            if (!pieces.append(data, destination, message)) {
                return -SocketError.EMSGSIZE.errno();
            }
            if (more) {
                return length;
            }
            return Math.min(length, sendPieces(flags));
        } finally {
            lock.unlock();
        }
    }

    /** UDP_CORK: while it is on, sends are pieces of one datagram, which is sent when it is turned off. */
    private void cork(final boolean on) {
        corked = on;
        if (!on && pieces.isPending()) {
            // As on Linux, the result of this send is not reported.
            sendPieces(MessageFlags.MSG_DONTWAIT);
        }
    }

    private int sendPieces(final int flags) {
        final Endpoint to = pieces.destination();
        final SentMessage message = pieces.message();
        return sendWhole(pieces.take(), flags, to, message);
    }

    /** Sends one datagram; called with the stack's lock held. */
    private int sendWhole(
            final ByteBuffer data, final int flags, final @Nullable Endpoint destination, final SentMessage message) {
        final int length = data.remaining();
        try {
            final long deadline = sendDeadline();
            int result = unusable();
            while (result == 0) {
                if (send(data, destination, message)) {
                    data.position(data.limit());
                    if (options.zeroCopy && MessageFlags.has(flags, MessageFlags.MSG_ZEROCOPY)) {
                        // A datagram is copied before it is sent, so its memory is free at once.
                        endpoint.errors().queue().completed(zeroCopySends++, true);
                    }
                    return length;
                }
                result = mayWait(flags) ? await(writable, deadline) : -SocketError.EAGAIN.errno();
            }
            return result;
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        }
    }

    /** @return false if the device is full */
    private boolean send(final ByteBuffer data, final @Nullable Endpoint destination, final SentMessage message)
            throws SocketErrorException {
        final int length = data.remaining();
        final PacketBuffer datagram = endpoint.newDatagram(length);
        final boolean outside = length > SMALL_COPY;
        if (outside) {
            lock.unlock();
        }
        boolean copied = false;
        try {
            datagram.memory().bytes().put(datagram.head(), data, data.position(), length);
            copied = true;
        } finally {
            if (outside) {
                lock.lock();
            }
            if (!copied) {
                datagram.release();
            }
        }
        final int stamps = options.stamps().requested(message);
        return stamps == 0 ? send(datagram, destination, message) : sendStamped(datagram, destination, message, stamps);
    }

    private boolean send(final PacketBuffer datagram, final @Nullable Endpoint destination, final SentMessage message)
            throws SocketErrorException {
        return endpoint.send(datagram, destination, message.source(), message.trafficClass(), message.timeToLive());
    }

    /** Sends a datagram and reports its times: it is handed to the device at once, so both are now. */
    private boolean sendStamped(
            final PacketBuffer datagram,
            final @Nullable Endpoint destination,
            final SentMessage message,
            final int stamps)
            throws SocketErrorException {
        final Region memory = datagram.memory();
        final Endpoint to = destination == null ? endpoint.remote() : destination;
        final boolean four = to == null || to.address().isIpv4();
        final int headers = UdpHeader.LENGTH + (four ? Ipv4Header.LENGTH : Ipv6Header.LENGTH);
        final int start = datagram.head() - headers;
        final int length = datagram.length() + headers;
        memory.retain();
        try {
            final boolean sent = send(datagram, destination, message);
            if (sent) {
                final byte[] packet = new byte[options.stamps().wantsPackets() ? length : 0];
                memory.bytes().get(start, packet);
                final int id = options.stamps().nextId();
                report(stamps & StampOptions.TX_SCHED, StampObserver.SCHEDULED, id, packet);
                report(stamps & StampOptions.TX_SOFTWARE, StampObserver.SENT, id, packet);
            }
            return sent;
        } finally {
            memory.release();
        }
    }

    private void report(final int wanted, final int what, final int id, final byte[] packet) {
        if (wanted != 0) {
            final ErrorReport report = ErrorReport.stamped(what, id, packet, lock.now());
            endpoint.errors().queue().add(report, endpoint.receiveLimitBytes());
        }
    }

    // ---- Receiving

    @Override
    public int recv(final ByteBuffer target, final int flags) {
        return recv(target, flags, null);
    }

    /** {@code recvfrom(2)}: the next datagram, and its sender. */
    public int recvFrom(final ByteBuffer target, final int flags, final PeerAddress sender) {
        return recv(target, flags, sender);
    }

    private int recv(final ByteBuffer target, final int flags, final @Nullable PeerAddress sender) {
        if (!MessageFlags.has(flags, MessageFlags.MSG_ERRQUEUE)) {
            return receive(target, flags, sender, null);
        }
        final ReceivedMessage message = new ReceivedMessage();
        final int result = recvMessage(target, flags, message);
        if (sender != null) {
            sender.endpoint(message.source());
        }
        return result;
    }

    @Override
    int receive(final ByteBuffer target, final int flags, final @Nullable ReceivedMessage message) {
        return receive(target, flags, null, message);
    }

    private int receive(
            final ByteBuffer target,
            final int flags,
            final @Nullable PeerAddress sender,
            final @Nullable ReceivedMessage message) {
        lock.lock();
        try {
            final long deadline = receiveDeadline();
            int result = unusable();
            while (result == 0) {
                final boolean peek = MessageFlags.has(flags, MessageFlags.MSG_PEEK);
                final Datagram next = next(peek);
                if (next != null) {
                    if (sender != null) {
                        sender.endpoint(next.source());
                    }
                    if (message != null) {
                        tell(message, next, target.remaining());
                    }
                    return take(next, target, peek, MessageFlags.has(flags, MessageFlags.MSG_TRUNC));
                }
                if (!mayWait(flags)) {
                    return -SocketError.EAGAIN.errno();
                }
                // As on Linux, the end is only reported to a call that would wait.
                if (inputShut) {
                    return 0;
                }
                result = await(readable, deadline);
            }
            return result;
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        } finally {
            lock.unlock();
        }
    }

    private void tell(final ReceivedMessage message, final Datagram datagram, final int room) {
        message.source(datagram.source());
        options.stamps().tell(message, datagram.arrivalNanos(), false);
        final boolean four = datagram.destination().isIpv4();
        message.ipv4(four);
        if (four ? options.tellTrafficClass : options.tellIpv6TrafficClass) {
            message.trafficClass(datagram.trafficClass());
        }
        if (four ? options.tellTimeToLive : options.tellHopLimit) {
            message.timeToLive(datagram.timeToLive());
        }
        if (options.tellIpv6Destination || four && options.tellDestination) {
            message.destination(datagram.destination(), endpoint.answersFrom(datagram));
            message.destinationOptions(four && options.tellDestination, options.tellIpv6Destination);
            message.own(host.stack().internet().isLocal(datagram.source().address()));
        }
        if (datagram.length() > room) {
            message.add(MessageFlags.MSG_TRUNC);
        }
    }

    @Override
    StampOptions stamps() {
        return options.stamps();
    }

    @Override
    @Nullable
    ErrorReport takeReport() {
        return endpoint.errors().takeReport();
    }

    private @Nullable Datagram next(final boolean peek) throws SocketErrorException {
        final SocketError error = peek ? endpoint.errors().take() : null;
        if (error != null) {
            throw new SocketErrorException(error, "recv");
        }
        return peek ? endpoint.peek() : endpoint.receive();
    }

    private int take(final Datagram datagram, final ByteBuffer target, final boolean peek, final boolean truncation) {
        final int length = datagram.length();
        // Another thread may take a datagram that stays in the queue.
        final boolean outside = !peek && length > SMALL_COPY;
        if (outside) {
            lock.unlock();
        }
        final int copied;
        try {
            copied = datagram.copyTo(target);
        } finally {
            if (outside) {
                lock.lock();
            }
            if (!peek) {
                datagram.release();
            }
        }
        return truncation ? length : copied;
    }

    /** {@code FIONREAD}: length of the next datagram, 0 if there is none. */
    public int availableBytes() {
        lock.lock();
        try {
            final Datagram next = endpoint.peek();
            return next == null ? 0 : next.length();
        } finally {
            lock.unlock();
        }
    }

    // ---- The end

    /**
     * {@code shutdown(2)}: wakes receivers, who get 0, and refuses to send. The peer is not told. As on Linux, a socket
     * that is not connected is shut down, too, though the call fails.
     */
    @Override
    public int shutdown(final Shutdown how) {
        return inside(() -> {
            inputShut |= how.endsInput();
            outputShut |= how.endsOutput();
            if (outputShut) {
                endpoint.endOutput();
            }
            wakeAll();
            return endpoint.remote() == null ? -SocketError.ENOTCONN.errno() : 0;
        });
    }

    @Override
    int closeProtocol() {
        pieces.clear();
        endpoint.close();
        return 0;
    }

    @Override
    void discard() {
        close();
    }

    /**
     * Calls {@code handler}, which replaces an earlier one, when there is a datagram or an error to receive, and when
     * there is room again to send.
     */
    public void handler(final SocketHandler<? super DatagramSocket> handler) {
        handle(new HandlerCalls<>(this, handler));
    }

    // ---- Options

    @Override
    int applyOption(final int level, final int name, final int value) {
        if (level == SocketOptions.IPPROTO_UDP && name == SocketOptions.UDP_CORK) {
            cork(value != 0);
            return 0;
        }
        return options.set(level, name, value);
    }

    @Override
    int optionValue(final int level, final int name) {
        if (level == SocketOptions.IPPROTO_UDP && name == SocketOptions.UDP_CORK) {
            return corked ? 1 : 0;
        }
        return options.get(level, name);
    }

    // ---- Readiness

    /** As {@code datagram_poll} of Linux. */
    @Override
    int pollState() {
        int events = endpoint.errors().pending() == null && !endpoint.errors().hasReports() ? 0 : options.errorEvents();
        if (inputShut) {
            events |= PollEvents.READABLE | PollEvents.POLLRDHUP;
        } else if (endpoint.peek() != null) {
            events |= PollEvents.READABLE;
        }
        if (inputShut && outputShut) {
            events |= PollEvents.POLLHUP;
        }
        return endpoint.isWritable() ? events | PollEvents.WRITABLE | PollEvents.POLLWRBAND : events;
    }

    /** The protocol's events, with the stack's lock held, in the middle of its work. */
    private final class Events implements UdpObserver {

        @Override
        public void readable() {
            wakeReaders();
        }

        @Override
        public void writable() {
            wakeWriters();
        }

        @Override
        public void reported() {
            DatagramSocket.this.reported();
        }
    }
}
