package io.tapstack.ip.v4;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.InternetProtocol;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.ip.Route;
import io.tapstack.ip.RoutedPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv4Header;
import org.jspecify.annotations.Nullable;

/** The path to one IPv4 destination. */
final class Ipv4Path extends RoutedPath {

    private final Ipv4Protocol ipv4;
    private final Ipv4Output output;
    private final int source;
    private final int destination;

    Ipv4Path(
            final Ipv4Protocol ipv4,
            final InternetProtocol internet,
            final Ipv4Output output,
            final StackStatistics statistics,
            final int source,
            final int destination) {
        super(internet, statistics, IpAddress.ipv4(source), IpAddress.ipv4(destination));
        this.ipv4 = ipv4;
        this.output = output;
        this.source = source;
        this.destination = destination;
    }

    @Override
    protected boolean isToOurselves() {
        return ipv4.isLocal(destination);
    }

    @Override
    protected @Nullable Route route() {
        return ipv4.route(source, destination);
    }

    @Override
    protected @Nullable Neighbor neighbor(final NetworkInterface link, final IpAddress hop) {
        return ipv4.on(link).neighbor(hop.ipv4Bits());
    }

    @Override
    public SendStatus send(
            final PacketBuffer packet,
            final int protocol,
            final int trafficClass,
            final int timeToLive,
            final PathMtuPolicy policy) {
        lookUpIfChanged();
        final NetworkInterface link = link();
        if (link == null && !isLoopback()) {
            return drop(packet, DropReason.IP_NO_ROUTE, SendStatus.UNREACHABLE);
        }
        final int limit = link == null || policy.usesPathMtu() ? knownMtu() : link.mtu();
        final boolean narrow = isNarrow() && policy.usesPathMtu();
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
        final int identification = insist ? 0 : ipv4.ids().next(source, destination, protocol);
        Ipv4Header.write(
                packet.memory().bytes(),
                packet.prepend(Ipv4Header.LENGTH),
                trafficClass,
                length,
                identification,
                insist ? Ipv4Header.DONT_FRAGMENT : 0,
                timeToLive,
                protocol,
                source,
                destination);
        return link == null ? loopBack(packet) : output.send(packet, link, neighbor(link), limit);
    }

    @Override
    public int assumedMtu() {
        return 576;
    }

    @Override
    public int leastMtu() {
        return Ipv4Header.MIN_LINK_MTU;
    }

    @Override
    public int maxPayload() {
        return Ipv4Header.MAX_TOTAL_LENGTH - Ipv4Header.LENGTH;
    }

    @Override
    public int ipHeaderLength() {
        return Ipv4Header.LENGTH;
    }
}
