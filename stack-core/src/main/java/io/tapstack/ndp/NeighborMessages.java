package io.tapstack.ndp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SourceSelection;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborCache;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6Groups;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.NdpMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Solicitations and advertisements of neighbours (RFC 4861 7): answers for our addresses, and resolves those of others.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class NeighborMessages {

    private final NdpOutput output;
    private final AddressList addresses;
    private final DuplicateAddressDetection duplicates;
    private final StackStatistics statistics;
    private final long mac;
    private final boolean speaks;

    NeighborMessages(
            final NdpOutput output,
            final AddressList addresses,
            final DuplicateAddressDetection duplicates,
            final StackStatistics statistics,
            final long mac,
            final boolean speaks) {
        this.output = output;
        this.addresses = addresses;
        this.duplicates = duplicates;
        this.statistics = statistics;
        this.mac = mac;
        this.speaks = speaks;
    }

    /**
     * Receives a solicitation whose options are valid (RFC 4861 7.1.1, 7.2.3).
     *
     * @return the reason for the drop, or null
     */
    @Nullable
    DropReason solicitation(
            final ByteBuffer bytes,
            final int message,
            final NdpOptions options,
            final ReceivedPacket info,
            final NeighborCache neighbors) {
        final long targetHigh = NdpMessage.targetHigh(bytes, message);
        final long targetLow = NdpMessage.targetLow(bytes, message);
        final boolean unspecified = info.sourceHigh() == 0 && info.sourceLow() == 0;
        if (Ipv6Header.isMulticast(targetHigh)) {
            return DropReason.NDP_MALFORMED;
        }
        if (unspecified) {
            final boolean toGroup =
                    Ipv6Groups.isSolicitedNode(info.destinationHigh(), info.destinationLow(), targetLow);
            if (!toGroup || options.sourceLink() != NdpOptions.NONE) {
                return DropReason.NDP_MALFORMED;
            }
        }
        final HostAddress address = addresses.find(targetHigh, targetLow);
        if (address == null) {
            return DropReason.NDP_NOT_FOR_US;
        }
        if (!address.isUsable()) {
            if (address.state() == AddressState.TENTATIVE && unspecified) {
                duplicates.solicitedByAnother(address, options.nonce());
                return null;
            }
            // RFC 4862 5.4.3: an address resolution for a tentative address is ignored.
            return DropReason.NDP_NOT_FOR_US;
        }
        if (unspecified) {
            if (speaks) {
                // RFC 4861 7.2.4: another host checks our address for a duplicate; all hosts hear the answer.
                output.advertise(address.address(), Ipv6Groups.ALL_NODES, NdpMessage.OVERRIDE);
            }
            return null;
        }
        if (addresses.find(info.sourceHigh(), info.sourceLow()) != null) {
            // Our own solicitation, back from a looped link.
            return DropReason.NDP_SOURCE;
        }
        final Neighbor sender = neighbors.neighbor(info.source());
        if (options.sourceLink() != NdpOptions.NONE) {
            sender.heard(options.sourceLink());
        }
        if (speaks) {
            output.answer(address.address(), sender, NdpMessage.SOLICITED | NdpMessage.OVERRIDE);
        }
        return null;
    }

    /**
     * Receives an advertisement whose options are valid (RFC 4861 7.1.2, 7.2.5).
     *
     * @return the reason for the drop, or null
     */
    @Nullable
    DropReason advertisement(
            final ByteBuffer bytes,
            final int message,
            final NdpOptions options,
            final ReceivedPacket info,
            final NeighborCache neighbors) {
        final long targetHigh = NdpMessage.targetHigh(bytes, message);
        final long targetLow = NdpMessage.targetLow(bytes, message);
        final int flags = NdpMessage.flags(bytes, message);
        final boolean solicited = (flags & NdpMessage.SOLICITED) != 0;
        if (Ipv6Header.isMulticast(targetHigh) || (solicited && Ipv6Header.isMulticast(info.destinationHigh()))) {
            return DropReason.NDP_MALFORMED;
        }
        final HostAddress ours = addresses.find(targetHigh, targetLow);
        if (ours != null) {
            advertisementOfOurs(ours, options.targetLink());
            return null;
        }
        final Neighbor known = neighbors.find(IpAddress.ipv6(targetHigh, targetLow));
        if (known == null) {
            // RFC 4861 7.2.5: an unsolicited advertisement makes no entry; otherwise any host could fill the cache.
            return DropReason.NDP_NOT_FOR_US;
        }
        known.advertised(
                options.targetLink(), solicited, (flags & NdpMessage.OVERRIDE) != 0, (flags & NdpMessage.ROUTER) != 0);
        return null;
    }

    private void advertisementOfOurs(final HostAddress address, final long targetLink) {
        if (targetLink == mac) {
            duplicates.announcedForUs(address);
        } else if (address.state() == AddressState.TENTATIVE) {
            duplicates.advertisedByAnother(address, targetLink);
        } else if (address.isUsable()) {
            // RFC 4862 5.4.4: the address is a duplicate that the check did not find. It stays, as one host alone
            // cannot tell which of the two is wrong, and an attacker must not take addresses away.
            final MacAddress other = targetLink == NdpOptions.NONE ? MacAddress.ZERO : MacAddress.of(targetLink);
            statistics.observer().addressConflict(address.address(), other);
        }
    }

    /** Requests the link address of {@code neighbor} (RFC 4861 7.2.2, 7.3.3). */
    void solicit(final Neighbor neighbor) {
        final IpAddress source = source(neighbor);
        if (source == null) {
            // Without an address of ours the neighbour could not answer.
            return;
        }
        if (neighbor.state() == NeighborState.PROBE) {
            output.probe(source, neighbor.address(), neighbor.mac());
        } else {
            output.solicit(source, neighbor.address());
        }
    }

    /** RFC 4861 7.2.2: the source of the packet that waits, so that the neighbour learns the address it will answer. */
    private @Nullable IpAddress source(final Neighbor neighbor) {
        final PacketBuffer waiting = neighbor.oldestWaiting();
        if (waiting != null && waiting.contiguousLength() >= Ipv6Header.LENGTH) {
            final ByteBuffer bytes = waiting.memory().bytes();
            final HostAddress sender = addresses.find(
                    Ipv6Header.sourceHigh(bytes, waiting.head()), Ipv6Header.sourceLow(bytes, waiting.head()));
            if (sender != null && sender.isUsable()) {
                return sender.address();
            }
        }
        final HostAddress chosen = SourceSelection.DEFAULT.select(addresses, neighbor.address());
        return chosen == null ? null : chosen.address();
    }
}
