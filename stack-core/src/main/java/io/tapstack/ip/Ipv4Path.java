package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv4Header;
import org.jspecify.annotations.Nullable;

/**
 * The path to one IPv4 destination. It caches the route, the neighbour and the path MTU, and looks them up again only
 * when their tables have changed. Paths hold no state of their users, which share them.
 */
final class Ipv4Path implements IpPath {

    /** Room for the header of any link. */
    static final int LINK_HEADROOM = EthernetHeader.LENGTH;

    /** Room for all headers in front of a transport header. */
    static final int HEADROOM = LINK_HEADROOM + Ipv4Header.LENGTH;

    private final Ipv4Protocol ipv4;
    private final Ipv4Output output;
    private final RouteTable routes;
    private final PathMtuCache pathMtus;
    private final StackStatistics statistics;
    private final IpAddress source;
    private final IpAddress destination;
    private final int sourceBits;
    private final int destinationBits;

    private int routeVersion;
    private int mtuVersion;
    private boolean loopback;
    private @Nullable NetworkInterface networkInterface;
    private @Nullable Neighbor neighbor;
    private int nextHop;
    private int mtu;
    private boolean mayFragment;

    Ipv4Path(
            final Ipv4Protocol ipv4,
            final Ipv4Output output,
            final PathMtuCache pathMtus,
            final StackStatistics statistics,
            final int source,
            final int destination) {
        this.ipv4 = ipv4;
        this.output = output;
        this.routes = ipv4.routes();
        this.pathMtus = pathMtus;
        this.statistics = statistics;
        this.source = IpAddress.ipv4(source);
        this.destination = IpAddress.ipv4(destination);
        this.sourceBits = source;
        this.destinationBits = destination;
        lookUp();
    }

    private void lookUpIfChanged() {
        if (routeVersion != routes.version() || mtuVersion != pathMtus.version()) {
            lookUp();
        }
    }

    private void lookUp() {
        routeVersion = routes.version();
        mtuVersion = pathMtus.version();
        neighbor = null;
        loopback = ipv4.isLocal(destinationBits);
        if (loopback) {
            networkInterface = null;
            mtu = Ipv4Header.MAX_TOTAL_LENGTH;
            mayFragment = false;
            return;
        }
        final Route route = ipv4.route(sourceBits, destinationBits);
        if (route == null) {
            networkInterface = null;
            return;
        }
        networkInterface = route.networkInterface();
        nextHop = route.gateway() == null ? destinationBits : route.gateway().ipv4Bits();
        mtu = pathMtus.mtu(destinationBits, networkInterface.mtu());
        mayFragment = pathMtus.mayFragment(destinationBits);
    }

    @Override
    public SendStatus send(
            final PacketBuffer packet,
            final int protocol,
            final int trafficClass,
            final int timeToLive,
            final PathMtuPolicy policy) {
        lookUpIfChanged();
        final NetworkInterface link = networkInterface;
        if (link == null && !loopback) {
            return drop(packet, DropReason.IP_NO_ROUTE, SendStatus.UNREACHABLE);
        }
        final int limit = link == null || policy.usesPathMtu() ? mtu : link.mtu();
        final boolean narrow = mayFragment && policy.usesPathMtu();
        final int length = packet.length() + Ipv4Header.LENGTH;
        final boolean fits = packet.gsoSize() > 0 || length <= limit;
        final boolean tooBig = packet.gsoSize() == 0
                ? !fits && policy.refuses() && !narrow
                : length > maxSegmentOffload() || isCutTooLong(packet, limit);
        if (tooBig || length > Ipv4Header.MAX_TOTAL_LENGTH) {
            return drop(packet, DropReason.IP_FRAGMENTATION_NEEDED, SendStatus.TOO_BIG);
        }
        final boolean insist = policy.insists(fits) && !narrow;
        // RFC 6864 4.1: the identification of an atomic datagram has no meaning.
        final int identification = insist ? 0 : ipv4.ids().next(sourceBits, destinationBits, protocol);
        Ipv4Header.write(
                packet.memory().bytes(),
                packet.prepend(Ipv4Header.LENGTH),
                trafficClass,
                length,
                identification,
                insist ? Ipv4Header.DONT_FRAGMENT : 0,
                timeToLive,
                protocol,
                sourceBits,
                destinationBits);
        return link == null ? loopBack(packet) : output.send(packet, link, neighbor(link), limit);
    }

    private SendStatus loopBack(final PacketBuffer packet) {
        if (ipv4.loopback().offer(packet)) {
            return SendStatus.SENT;
        }
        packet.release();
        return SendStatus.DEVICE_FULL;
    }

    /**
     * True if the segments of a super-segment are longer than the path MTU, which was reduced after the transport had
     * cut them. The contiguous part is the transport's header.
     */
    private static boolean isCutTooLong(final PacketBuffer packet, final int mtu) {
        return packet.sliceCount() > 0 && Ipv4Header.LENGTH + packet.contiguousLength() + packet.gsoSize() > mtu;
    }

    private SendStatus drop(final PacketBuffer packet, final DropReason reason, final SendStatus status) {
        statistics.drop(reason);
        packet.release();
        return status;
    }

    private @Nullable Neighbor neighbor(final NetworkInterface link) {
        final Neighbor known = neighbor;
        if (known != null && known.state() != NeighborState.EVICTED) {
            return known;
        }
        neighbor = ipv4.on(link).neighbor(nextHop);
        return neighbor;
    }

    @Override
    public void confirmReachable() {
        if (neighbor != null) {
            neighbor.confirm();
        }
    }

    @Override
    public void suspectUnreachable() {
        if (neighbor != null) {
            neighbor.suspect();
        }
    }

    @Override
    public void reduceMtu(final int bytes) {
        if (!loopback) {
            pathMtus.learn(destinationBits, bytes);
        }
    }

    @Override
    public IpAddress source() {
        return source;
    }

    @Override
    public IpAddress destination() {
        return destination;
    }

    @Override
    public int mtu() {
        lookUpIfChanged();
        return mtu;
    }

    @Override
    public int linkMtu() {
        lookUpIfChanged();
        return networkInterface == null ? mtu : networkInterface.mtu();
    }

    @Override
    public int ipHeaderLength() {
        return Ipv4Header.LENGTH;
    }

    @Override
    public int headroom() {
        return HEADROOM;
    }

    @Override
    public boolean checksumOffload() {
        lookUpIfChanged();
        return networkInterface == null
                ? loopback
                : networkInterface.capabilities().txChecksum();
    }

    @Override
    public int maxSegmentOffload() {
        lookUpIfChanged();
        if (networkInterface == null) {
            return loopback ? Ipv4Header.MAX_TOTAL_LENGTH : 0;
        }
        return networkInterface.capabilities().maxSegmentOffload();
    }

    @Override
    public boolean isOnLink() {
        lookUpIfChanged();
        return loopback || nextHop == destinationBits;
    }

    /** True if there is a route now. */
    boolean leadsSomewhere() {
        lookUpIfChanged();
        return loopback || networkInterface != null;
    }

    /** True if this is the path between the two addresses. */
    boolean isBetween(final int source, final int destination) {
        return sourceBits == source && destinationBits == destination;
    }

    @Override
    public String toString() {
        return source + " -> " + destination;
    }
}
