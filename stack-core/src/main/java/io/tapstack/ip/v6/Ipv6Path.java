package io.tapstack.ip.v6;

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
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The path to one IPv6 destination. No router fragments IPv6 (RFC 8200 5), so a packet longer than the path MTU is
 * fragmented here or refused.
 */
final class Ipv6Path extends RoutedPath {

    private final Ipv6Protocol ipv6;
    private final Ipv6Output output;
    private final FlowLabel flowLabel;
    private final long sourceHigh;
    private final long sourceLow;
    private final long destinationHigh;
    private final long destinationLow;

    Ipv6Path(
            final Ipv6Protocol ipv6,
            final InternetProtocol internet,
            final Ipv6Output output,
            final StackStatistics statistics,
            final IpAddress source,
            final IpAddress destination) {
        super(internet, statistics, source, destination);
        this.ipv6 = ipv6;
        this.output = output;
        this.flowLabel = new FlowLabel(ipv6.flowKey(), source, destination);
        this.sourceHigh = source.high();
        this.sourceLow = source.low();
        this.destinationHigh = destination.high();
        this.destinationLow = destination.low();
    }

    @Override
    protected boolean isToOurselves() {
        return ipv6.isLocal(destinationHigh, destinationLow);
    }

    @Override
    protected @Nullable Route route() {
        return ipv6.route(source(), destination());
    }

    @Override
    protected int linkMtu(final NetworkInterface link) {
        return ipv6.on(link).mtu();
    }

    @Override
    protected @Nullable Neighbor neighbor(final NetworkInterface link, final IpAddress hop) {
        return ipv6.on(link).neighbor(hop);
    }

    @Override
    public SendStatus send(
            final PacketBuffer packet,
            final int protocol,
            final int trafficClass,
            final int hopLimit,
            final PathMtuPolicy policy) {
        lookUpIfChanged();
        final NetworkInterface link = link();
        if (link == null && !isLoopback()) {
            return drop(packet, DropReason.IP_NO_ROUTE, SendStatus.UNREACHABLE);
        }
        final int limit = link == null || policy.usesPathMtu() ? knownMtu() : linkMtu();
        final int payloadLength = packet.length();
        final int length = payloadLength + Ipv6Header.LENGTH;
        final boolean tooBig = packet.gsoSize() == 0
                ? length > limit && policy.refuses()
                : length > maxSegmentOffload() || isCutTooLong(packet, limit);
        // RFC 2675: jumbograms are not sent.
        if (tooBig || payloadLength > Ipv6Header.MAX_PAYLOAD_LENGTH) {
            return drop(packet, DropReason.IP_FRAGMENTATION_NEEDED, SendStatus.TOO_BIG);
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int ports = packet.contiguousLength() < Integer.BYTES ? 0 : bytes.getInt(packet.head());
        Ipv6Header.write(
                bytes,
                packet.prepend(Ipv6Header.LENGTH),
                trafficClass,
                flowLabel.of(protocol, ports),
                payloadLength,
                protocol,
                hopLimit,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow);
        return link == null ? loopBack(packet) : output.send(packet, link, neighbor(link), limit);
    }

    @Override
    public int assumedMtu() {
        return Ipv6Header.MIN_MTU;
    }

    @Override
    public int leastMtu() {
        return Ipv6Header.MIN_MTU;
    }

    @Override
    public int maxPayload() {
        return Ipv6Header.MAX_PAYLOAD_LENGTH;
    }

    @Override
    public int ipHeaderLength() {
        return Ipv6Header.LENGTH;
    }
}
