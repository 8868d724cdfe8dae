package io.tapstack.dhcp;

import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.LearnedRoutes;
import io.tapstack.ip.v4.Ipv4Interface;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.time.Lifetime;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.udp.UdpObserver;
import io.tapstack.udp.UdpProtocol;
import io.tapstack.wire.DhcpHeader;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A DHCP client (RFC 2131 4.4) for one interface. A leased address is probed before its use, and declined if another
 * host has it (RFC 5227 2.1); its routes come with it. The first server that offers an address gets the request.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class DhcpClient implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DhcpClient.class);
    private static final long SECOND = 1_000_000_000L;

    // RFC 2131 4.1: 4 s, doubled up to 64 s, each changed by up to a second.
    private static final long FIRST_RETRY = 4 * SECOND;
    private static final long LAST_RETRY = 64 * SECOND;

    /** Requests for one offer, or for an earlier lease, before the client starts from the beginning. */
    private static final int MAX_REQUESTS = 4;

    /** RFC 2131 3.1, 5: after a declined address. */
    private static final long DECLINE_DELAY = 10 * SECOND;

    /** RFC 2131 4.4.5: the shortest time between two requests to extend a lease. */
    private static final long LEAST_RENEWAL_RETRY = 60 * SECOND;

    /** Unanswered messages after which a link-local address is used. */
    private static final int PATIENCE = 3;

    private final Ipv4Interface on;
    private final InternetProtocol internet;
    private final LearnedRoutes routes;
    private final DhcpConfig config;
    private final TimerWheel wheel;
    private final RandomGenerator random;
    private final UdpEndpoint endpoint;
    private final DhcpOutput output;
    private final LinkLocalAddress linkLocal;
    private final Timer retry;
    private final Timer renewal;
    private final Timer rebinding;
    private final Timer expiry;
    private final Timer input;
    private final int originalMtu;

    private DhcpObserver observer = lease -> {};
    private DhcpState state = DhcpState.STOPPED;
    private int transaction;
    private long startedAt;
    private long requestedAt;
    private int sent;
    private int unanswered;
    private @Nullable DhcpLease offer;
    private @Nullable DhcpLease lease;
    private @Nullable HostAddress address;

    /** Creates a client that is {@linkplain #start started} later. */
    public DhcpClient(
            final Ipv4Interface on,
            final InternetProtocol internet,
            final UdpProtocol udp,
            final DhcpConfig config,
            final TimerWheel wheel,
            final RandomGenerator random) {
        this.on = on;
        this.internet = internet;
        this.routes = new LearnedRoutes(internet.routes(), on.link());
        this.config = config;
        this.wheel = wheel;
        this.random = random;
        this.endpoint = udp.open();
        this.output = new DhcpOutput(endpoint, on.link().mac(), config.hostName());
        this.linkLocal = new LinkLocalAddress(on, wheel, random);
        this.originalMtu = on.link().mtu();
        this.retry = new Timer(wheel, this::sendAgain);
        this.renewal = new Timer(wheel, now -> extend(DhcpState.RENEWING));
        this.rebinding = new Timer(wheel, now -> extend(DhcpState.REBINDING));
        this.expiry = new Timer(wheel, now -> expire());
        this.input = new Timer(wheel, now -> receive());
        on.addresses().listen(this::addressChanged);
    }

    /**
     * Starts to look for a lease.
     *
     * @throws SocketErrorException EADDRINUSE if another endpoint has the client's port
     */
    public void start() throws SocketErrorException {
        endpoint.options().broadcastAllowed(true);
        endpoint.bind(new Endpoint(IpAddress.ANY_IPV4, DhcpHeader.CLIENT_PORT));
        endpoint.observer(new UdpObserver() {
            @Override
            public void readable() {
                // The endpoint is in the middle of its work.
                input.arm(wheel.nowNanos());
            }
        });
        on.seeksAddress(true);
        begin(config.previous() == null ? DhcpState.SELECTING : DhcpState.REBOOTING);
    }

    /** Gives the lease back (RFC 2131 4.4.6), removes the address, and ends. */
    @Override
    public void close() {
        final DhcpLease held = lease;
        if (held != null && address != null && address.isUsable()) {
            output.send(
                    DhcpMessageType.RELEASE,
                    random.nextInt(),
                    0,
                    held.address().address(),
                    null,
                    held.server(),
                    held.server());
        }
        state = DhcpState.STOPPED;
        cancelTimers();
        linkLocal.stop();
        dropLease();
        on.seeksAddress(false);
        input.cancel();
        endpoint.close();
    }

    /** Sets the observer of leases. */
    public void observe(final DhcpObserver newObserver) {
        observer = newObserver;
    }

    public DhcpState state() {
        return state;
    }

    /** The lease in use, or null. */
    public @Nullable DhcpLease lease() {
        return state == DhcpState.BOUND || state == DhcpState.RENEWING || state == DhcpState.REBINDING ? lease : null;
    }

    // ---- Sending

    private void begin(final DhcpState first) {
        cancelTimers();
        state = first;
        transaction = random.nextInt();
        startedAt = wheel.nowNanos();
        sent = 0;
        sendAgain(startedAt);
    }

    private void cancelTimers() {
        retry.cancel();
        renewal.cancel();
        rebinding.cancel();
        expiry.cancel();
    }

    private void sendAgain(final long nowNanos) {
        switch (state) {
            case INIT -> begin(DhcpState.SELECTING);
            case SELECTING -> {
                output.send(DhcpMessageType.DISCOVER, transaction, seconds(), IpAddress.ANY_IPV4, null, null, null);
                armRetry(nowNanos);
            }
            case REQUESTING, REBOOTING -> {
                if (sent == MAX_REQUESTS) {
                    begin(DhcpState.SELECTING);
                    return;
                }
                request(nowNanos);
                armRetry(nowNanos);
            }
            case RENEWING, REBINDING -> requestExtension(nowNanos);
            case STOPPED, PROBING, BOUND -> {}
        }
    }

    private void request(final long nowNanos) {
        final DhcpLease wanted = offer;
        requestedAt = nowNanos;
        if (state == DhcpState.REQUESTING && wanted != null) {
            output.send(
                    DhcpMessageType.REQUEST,
                    transaction,
                    seconds(),
                    IpAddress.ANY_IPV4,
                    wanted.address().address(),
                    wanted.server(),
                    null);
        } else {
            // RFC 2131 4.3.2: no server identifier in INIT-REBOOT.
            output.send(
                    DhcpMessageType.REQUEST, transaction, seconds(), IpAddress.ANY_IPV4, config.previous(), null, null);
        }
    }

    /** RFC 2131 4.1: a randomized exponential backoff. */
    private void armRetry(final long nowNanos) {
        final long delay = Math.min(FIRST_RETRY << Math.min(sent, 4), LAST_RETRY);
        sent++;
        unanswered++;
        if (config.linkLocal() && unanswered > PATIENCE) {
            linkLocal.start();
        }
        retry.arm(nowNanos + delay + random.nextLong(-SECOND, SECOND + 1));
    }

    private int seconds() {
        return (int) ((wheel.nowNanos() - startedAt) / SECOND);
    }

    private void extend(final DhcpState next) {
        final boolean first = state == DhcpState.BOUND;
        state = next;
        if (first) {
            transaction = random.nextInt();
            startedAt = wheel.nowNanos();
        }
        sendAgain(wheel.nowNanos());
    }

    /** RFC 2131 4.4.5: by unicast to the server, then by broadcast to all. */
    private void requestExtension(final long nowNanos) {
        final DhcpLease held = lease;
        if (held == null) {
            return;
        }
        requestedAt = nowNanos;
        final boolean renewing = state == DhcpState.RENEWING;
        output.send(
                DhcpMessageType.REQUEST,
                transaction,
                seconds(),
                held.address().address(),
                null,
                null,
                renewing ? held.server() : null);
        // Half of the time to T2, or to the end of the lease.
        final long end = renewing ? rebinding.deadlineNanos() : expiry.deadlineNanos();
        final long half = Math.max((end - nowNanos) / 2, LEAST_RENEWAL_RETRY);
        if (end - nowNanos > half) {
            retry.arm(nowNanos + half);
        } else {
            retry.cancel();
        }
    }

    // ---- Receiving

    private void receive() {
        try {
            for (Datagram datagram = endpoint.receive(); datagram != null; datagram = endpoint.receive()) {
                final DhcpReply reply = read(datagram);
                datagram.release();
                if (reply != null) {
                    receive(reply);
                }
            }
        } catch (final SocketErrorException e) {
            // An ICMP error about a message of ours, which is sent again.
            LOG.debug("DHCP", e);
        }
    }

    private @Nullable DhcpReply read(final Datagram datagram) {
        final int head = datagram.payload().head();
        final int end = datagram.payload().tail();
        if (end - head < DhcpHeader.LENGTH || datagram.source().port() != DhcpHeader.SERVER_PORT) {
            return null;
        }
        final ByteBuffer bytes = datagram.payload().memory().bytes();
        return DhcpHeader.isReplyTo(bytes, head, transaction, on.link().mac())
                ? DhcpReply.read(bytes, head, end)
                : null;
    }

    private void receive(final DhcpReply reply) {
        final DhcpMessageType type = reply.type();
        if (type == null) {
            return;
        }
        switch (state) {
            case SELECTING -> {
                if (type == DhcpMessageType.OFFER) {
                    offered(DhcpLease.of(reply));
                }
            }
            case REQUESTING, REBOOTING, RENEWING, REBINDING -> {
                if (type == DhcpMessageType.ACK) {
                    acknowledged(DhcpLease.of(reply));
                } else if (type == DhcpMessageType.NAK && isFromOurServer(reply)) {
                    refused();
                }
            }
            case STOPPED, INIT, PROBING, BOUND -> {}
        }
    }

    /** A server that was not asked has no say while another one's offer is requested. */
    private boolean isFromOurServer(final DhcpReply reply) {
        final DhcpLease wanted = offer;
        return state != DhcpState.REQUESTING
                || wanted == null
                || Objects.equals(wanted.server(), reply.address(DhcpOption.SERVER_IDENTIFIER));
    }

    private void offered(final @Nullable DhcpLease offered) {
        if (offered != null) {
            offer = offered;
            state = DhcpState.REQUESTING;
            sent = 0;
            sendAgain(wheel.nowNanos());
        }
    }

    private void acknowledged(final @Nullable DhcpLease granted) {
        if (granted == null) {
            return;
        }
        unanswered = 0;
        final HostAddress used = address;
        if (used != null && used.address().equals(granted.address().address())) {
            lease = granted;
            bound();
            return;
        }
        dropLease();
        cancelTimers();
        linkLocal.stop();
        lease = granted;
        state = DhcpState.PROBING;
        final HostAddress known = on.addresses().find(granted.address().address());
        if (known != null) {
            LOG.error("the leased address {} is configured already", granted.address());
            decline();
            return;
        }
        // 5227 2.1: the client SHOULD probe the newly received address; the claim tells the result.
        address = on.add(granted.address(), HostAddress.Origin.DHCP);
        if (address.isUsable()) {
            bound();
        }
    }

    private void addressChanged(final HostAddress changed) {
        if (changed != address || state != DhcpState.PROBING) {
            return;
        }
        if (changed.isUsable()) {
            bound();
        } else if (changed.state() == AddressState.DUPLICATE) {
            decline();
        }
    }

    /** RFC 2131 3.1, 5: the server marks the address as used, and the client starts again after a while. */
    private void decline() {
        final DhcpLease declined = lease;
        if (declined != null) {
            output.send(
                    DhcpMessageType.DECLINE,
                    random.nextInt(),
                    0,
                    IpAddress.ANY_IPV4,
                    declined.address().address(),
                    declined.server(),
                    null);
        }
        restartIn(DECLINE_DELAY);
    }

    /** RFC 2131 3.1, 4.4.5: after a NAK the address must not be used any more. */
    private void refused() {
        LOG.warn("a DHCP server refused the address");
        restartIn(SECOND);
    }

    private void restartIn(final long nanos) {
        cancelTimers();
        dropLease();
        state = DhcpState.INIT;
        retry.arm(wheel.nowNanos() + nanos);
    }

    private void expire() {
        LOG.warn("the DHCP lease has ended");
        dropLease();
        begin(DhcpState.SELECTING);
    }

    // ---- The lease

    private void bound() {
        final DhcpLease held = lease;
        final HostAddress used = address;
        if (held == null || used == null) {
            return;
        }
        cancelTimers();
        state = DhcpState.BOUND;
        // RFC 2131 4.4.5: all times start when the request was sent.
        Lifetime.arm(expiry, Lifetime.until(requestedAt, held.leaseSeconds()));
        if (held.leaseSeconds() != Lifetime.INFINITE_SECONDS) {
            renewal.arm(Lifetime.until(requestedAt, held.renewalSeconds()));
            rebinding.arm(Lifetime.until(requestedAt, held.rebindingSeconds()));
        }
        used.lifetimes(expiry(held), expiry(held));
        routes.clear();
        for (final DhcpLease.LeasedRoute route : held.routes()) {
            routes.set(route.network(), route.prefixLength(), route.router());
        }
        final int mtu = held.mtu();
        if (mtu >= LinkCapabilities.MIN_MTU && mtu <= originalMtu) {
            internet.linkMtu(on.link(), mtu);
        }
        LOG.info("{} leased by {} for {} s", held.address(), held.server(), held.leaseSeconds());
        observer.leaseChanged(held);
    }

    private long expiry(final DhcpLease held) {
        return Lifetime.until(requestedAt, held.leaseSeconds());
    }

    private void dropLease() {
        final HostAddress used = address;
        final boolean wasUsed = used != null && used.isUsable();
        address = null;
        lease = null;
        offer = null;
        routes.clear();
        if (on.link().mtu() != originalMtu) {
            internet.linkMtu(on.link(), originalMtu);
        }
        if (used != null) {
            on.remove(used);
        }
        if (wasUsed) {
            observer.leaseChanged(null);
        }
    }
}
