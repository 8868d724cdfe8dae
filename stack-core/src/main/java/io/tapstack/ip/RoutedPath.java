package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The path to one destination. It caches the route, the neighbour and the path MTU, and looks them up again only when
 * their tables have changed. Paths hold no state of their users, which share them. A version's path writes the header.
 */
public abstract class RoutedPath implements IpPath {

    /** Room for the header of any link. */
    public static final int LINK_HEADROOM = EthernetHeader.LENGTH;

    /** Largest packet to ourselves, in bytes: the limit of IPv4's total length, and less than IPv6 could have. */
    private static final int LOOPBACK_MTU = 0xFFFF;

    private final RouteTable routes;
    private final PathMtuCache pathMtus;
    private final LoopbackQueue loopbackQueue;
    private final StackStatistics statistics;
    private final IpAddress source;
    private final IpAddress destination;

    private int routeVersion;
    private int mtuVersion;
    private boolean loopback;
    private @Nullable NetworkInterface networkInterface;
    private @Nullable Neighbor neighbor;
    private IpAddress nextHop;
    private int mtu;
    private boolean mayFragment;

    protected RoutedPath(
            final InternetProtocol internet,
            final StackStatistics statistics,
            final IpAddress source,
            final IpAddress destination) {
        this.routes = internet.routes();
        this.pathMtus = internet.pathMtus();
        this.loopbackQueue = internet.loopback();
        this.statistics = statistics;
        this.source = source;
        this.destination = destination;
        this.nextHop = destination;
        // A version that the table does not have: the first use looks up.
        this.routeVersion = routes.version() - 1;
    }

    // ---- For the version

    /** True if the destination is one of our addresses. */
    protected abstract boolean isToOurselves();

    /** The present route, or null if there is none. */
    protected abstract @Nullable Route route();

    /** The neighbour at {@code hop}; null on a link without Ethernet. */
    protected abstract @Nullable Neighbor neighbor(NetworkInterface link, IpAddress hop);

    /** The MTU of the link in bytes. */
    protected int linkMtu(final NetworkInterface link) {
        return link.mtu();
    }

    /** Looks the route up again if a table has changed. Call this first. */
    protected final void lookUpIfChanged() {
        if (routeVersion != routes.version() || mtuVersion != pathMtus.version()) {
            lookUp();
        }
    }

    private void lookUp() {
        routeVersion = routes.version();
        mtuVersion = pathMtus.version();
        neighbor = null;
        loopback = isToOurselves();
        if (loopback) {
            networkInterface = null;
            mtu = LOOPBACK_MTU;
            mayFragment = false;
            return;
        }
        final Route route = route();
        if (route == null) {
            networkInterface = null;
            return;
        }
        networkInterface = route.networkInterface();
        nextHop = route.gateway() == null ? destination : route.gateway();
        mtu = pathMtus.mtu(destination, linkMtu(networkInterface));
        mayFragment = pathMtus.mayFragment(destination);
    }

    /** The link of the present route, or null for a packet to ourselves and without a route. */
    protected final @Nullable NetworkInterface link() {
        return networkInterface;
    }

    /** True if packets come back to us. */
    protected final boolean isLoopback() {
        return loopback;
    }

    /** The path MTU as it was looked up. */
    protected final int knownMtu() {
        return mtu;
    }

    /** True if the path is too narrow to insist on "don't fragment". */
    protected final boolean isNarrow() {
        return mayFragment;
    }

    /** The neighbour on the path; null on a link without Ethernet. */
    protected final @Nullable Neighbor neighbor(final NetworkInterface link) {
        final Neighbor known = neighbor;
        if (known != null && known.state() != NeighborState.EVICTED) {
            return known;
        }
        neighbor = neighbor(link, nextHop);
        return neighbor;
    }

    /** Sends a packet with its IP header to ourselves. */
    protected final SendStatus loopBack(final PacketBuffer packet) {
        if (loopbackQueue.offer(packet)) {
            return SendStatus.SENT;
        }
        packet.release();
        return SendStatus.DEVICE_FULL;
    }

    /** Drops and counts a packet. */
    protected final SendStatus drop(final PacketBuffer packet, final DropReason reason, final SendStatus status) {
        statistics.drop(reason);
        packet.release();
        return status;
    }

    /**
     * True if the segments of a super-segment that starts with its transport header are longer than {@code limit}: the
     * path MTU was reduced after the transport had cut them. The contiguous part is the transport's header.
     */
    protected final boolean isCutTooLong(final PacketBuffer packet, final int limit) {
        return packet.sliceCount() > 0 && ipHeaderLength() + packet.contiguousLength() + packet.gsoSize() > limit;
    }

    // ---- For transports

    @Override
    public final void confirmReachable() {
        if (neighbor != null) {
            neighbor.confirm();
        }
    }

    @Override
    public final void suspectUnreachable() {
        if (neighbor != null) {
            neighbor.suspect();
        }
    }

    @Override
    public final void reduceMtu(final int bytes) {
        if (!loopback) {
            pathMtus.learn(destination, bytes);
        }
    }

    @Override
    public final IpAddress source() {
        return source;
    }

    @Override
    public final IpAddress destination() {
        return destination;
    }

    @Override
    public final int mtu() {
        lookUpIfChanged();
        return mtu;
    }

    @Override
    public final int linkMtu() {
        lookUpIfChanged();
        return networkInterface == null ? mtu : linkMtu(networkInterface);
    }

    @Override
    public final int headroom() {
        return LINK_HEADROOM + ipHeaderLength();
    }

    @Override
    public final boolean checksumOffload() {
        lookUpIfChanged();
        return networkInterface == null
                ? loopback
                : networkInterface.capabilities().txChecksum();
    }

    @Override
    public final int maxSegmentOffload() {
        lookUpIfChanged();
        if (networkInterface == null) {
            return loopback ? LOOPBACK_MTU : 0;
        }
        return networkInterface.capabilities().maxSegmentOffload();
    }

    @Override
    public final boolean isOnLink() {
        lookUpIfChanged();
        return loopback || nextHop.equals(destination);
    }

    /** True if there is a route now. */
    final boolean leadsSomewhere() {
        lookUpIfChanged();
        return loopback || networkInterface != null;
    }

    /** True if this is the path between two addresses, given in halves. */
    final boolean isBetween(
            final long sourceHigh, final long sourceLow, final long destinationHigh, final long destinationLow) {
        return destination.low() == destinationLow
                && source.low() == sourceLow
                && destination.high() == destinationHigh
                && source.high() == sourceHigh;
    }

    @Override
    public final String toString() {
        return source + " -> " + destination;
    }
}
