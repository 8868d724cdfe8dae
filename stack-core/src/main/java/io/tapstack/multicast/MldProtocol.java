package io.tapstack.multicast;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Groups;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.MldMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Multicast Listener Discovery of a host on one link: MLDv2 (RFC 3810), and MLDv1 (RFC 2710) while a router speaks it.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class MldProtocol implements GroupSpeaker {

    private static final int HOP_LIMIT = 1;
    private static final int ROUTER_ALERT_HEADER = 8;

    /** Hop-by-hop options: ICMPv6 follows, router alert for MLD (RFC 2711 2.1), padding of 2 bytes. */
    private static final long ROUTER_ALERT = 0x3A00_0502_0000_0100L;

    private static final int ROUTER_ALERT_TYPE = 5;
    private static final int HEADROOM = EthernetHeader.LENGTH + Ipv6Header.LENGTH + ROUTER_ALERT_HEADER;

    /** Interface-local scope and below: nothing of it leaves the host (RFC 3810 6). */
    private static final int HIGHEST_LOCAL_SCOPE = 1;

    private final NetworkInterface link;
    private final AddressList addresses;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final boolean speaks;
    private final GroupReporting reporting;
    private final MulticastGroups groups;
    private final ReportPacker packer = new ReportPacker(MldMessage.ADDRESS_LENGTH);

    /**
     * @param addresses of the link; reports come from a link-local one
     * @param speaks false if another stack on the link, with the same addresses, reports the groups
     */
    public MldProtocol(
            final NetworkInterface link,
            final AddressList addresses,
            final boolean speaks,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random) {
        this.link = link;
        this.addresses = addresses;
        this.speaks = speaks;
        this.pool = pool;
        this.statistics = statistics;
        this.reporting = new GroupReporting(this, wheel, random);
        this.groups = new MulticastGroups(reporting::changed);
    }

    /** The groups that are joined on the link. */
    public MulticastGroups groups() {
        return groups;
    }

    /** Disarms all timers; the groups stay joined. */
    public void stop() {
        reporting.stop();
    }

    // ---- Receiving

    /**
     * Receives an ICMPv6 message of the types 130 to 132 or 143, its checksum valid and its head at the type, and
     * releases it.
     */
    public void receive(final PacketBuffer packet, final ReceivedPacket info) {
        final DropReason reason = process(packet, info);
        if (reason != null) {
            statistics.drop(reason);
        }
        packet.release();
    }

    private @Nullable DropReason process(final PacketBuffer packet, final ReceivedPacket info) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int message = packet.head();
        final int length = packet.contiguousLength();
        if (length < Icmpv6Header.LENGTH) {
            return DropReason.GROUP_MALFORMED;
        }
        final int type = Icmpv6Header.type(bytes, message);
        if (type == Icmpv6Header.LISTENER_REPORT && length >= MldMessage.V1_LENGTH) {
            reporting.reportedByAnother(MldMessage.group(bytes, message));
            return null;
        }
        if (type != Icmpv6Header.LISTENER_QUERY) {
            return DropReason.GROUP_NOT_FOR_US;
        }
        // RFC 3810 6.2: a query that does not come from a router of the link is dropped.
        final boolean sound = Ipv6Header.isLinkLocal(info.sourceHigh())
                && info.hopLimit() == HOP_LIMIT
                && hasRouterAlert(bytes, info.headerOffset(), message);
        if (!sound) {
            return DropReason.GROUP_MALFORMED;
        }
        if (length == MldMessage.V1_LENGTH) {
            return queryV1(bytes, message);
        }
        return length >= MldMessage.QUERY_LENGTH ? query(bytes, message, length) : DropReason.GROUP_MALFORMED;
    }

    /** True if a router alert is among the hop-by-hop options between the IPv6 header and the message. */
    private static boolean hasRouterAlert(final ByteBuffer bytes, final int ip, final int message) {
        final int header = ip + Ipv6Header.LENGTH;
        if (Ipv6Header.nextHeader(bytes, ip) != Ipv6ExtensionHeader.HOP_BY_HOP || header >= message) {
            return false;
        }
        final int end = Math.min(message, header + Ipv6ExtensionHeader.length(bytes, header));
        int option = header + Ipv6ExtensionHeader.OPTIONS_OFFSET;
        while (option < end) {
            final int type = bytes.get(option) & 0xFF;
            if (type == ROUTER_ALERT_TYPE) {
                return true;
            }
            option += type == 0 ? 1 : option + 1 < end ? 2 + (bytes.get(option + 1) & 0xFF) : 2;
        }
        return false;
    }

    private @Nullable DropReason queryV1(final ByteBuffer bytes, final int message) {
        final long maxDelay = MldMessage.maxResponseV1(bytes, message);
        final IpAddress group = MldMessage.group(bytes, message);
        reporting.olderQuerier(QuerierVersion.OLD, maxDelay);
        return queried(group, List.of(), maxDelay);
    }

    private @Nullable DropReason query(final ByteBuffer bytes, final int message, final int length) {
        final int count = MldMessage.sourceCount(bytes, message);
        if (count > (length - MldMessage.QUERY_LENGTH) / MldMessage.ADDRESS_LENGTH) {
            return DropReason.GROUP_MALFORMED;
        }
        final List<IpAddress> sources = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sources.add(MldMessage.source(bytes, message, i));
        }
        reporting.querier(MldMessage.robustness(bytes, message), MldMessage.interval(bytes, message));
        return queried(MldMessage.group(bytes, message), sources, MldMessage.maxResponse(bytes, message));
    }

    private @Nullable DropReason queried(
            final IpAddress group, final List<IpAddress> sources, final long maxDelayNanos) {
        if (group.isAny()) {
            reporting.queried(maxDelayNanos);
        } else if (group.isMulticast()) {
            reporting.queried(group, sources, maxDelayNanos);
        } else {
            return DropReason.GROUP_MALFORMED;
        }
        return null;
    }

    // ---- Sending

    @Override
    public boolean isReported(final IpAddress group) {
        final int scope = (int) (group.high() >>> 48) & 0xF;
        return speaks && scope > HIGHEST_LOCAL_SCOPE && !group.equals(Ipv6Groups.ALL_NODES);
    }

    @Override
    public void report(final List<GroupRecord> records) {
        final int room = Ipv6Header.MIN_MTU - Ipv6Header.LENGTH - ROUTER_ALERT_HEADER - MldMessage.REPORT_LENGTH;
        for (final List<GroupRecord> each : packer.pack(records, room)) {
            send(each);
        }
    }

    private void send(final List<GroupRecord> records) {
        int length = MldMessage.REPORT_LENGTH;
        for (final GroupRecord record : records) {
            length += packer.length(record);
        }
        final PacketBuffer packet = pool.packet(HEADROOM + length, HEADROOM);
        final ByteBuffer bytes = packet.memory().bytes();
        int at = packet.append(length);
        Icmpv6Header.write(bytes, at, Icmpv6Header.LISTENER_REPORT_V2, 0, records.size());
        at += MldMessage.REPORT_LENGTH;
        for (final GroupRecord record : records) {
            bytes.putInt(at, record.type().number() << 24 | record.sources().size());
            MldMessage.address(bytes, at + 4, record.group());
            at += 4 + MldMessage.ADDRESS_LENGTH;
            for (final IpAddress source : record.sources()) {
                MldMessage.address(bytes, at, source);
                at += MldMessage.ADDRESS_LENGTH;
            }
        }
        send(packet, Ipv6Groups.ALL_MLDV2_ROUTERS);
    }

    @Override
    public void reportOld(final IpAddress group, final QuerierVersion version) {
        sendV1(Icmpv6Header.LISTENER_REPORT, group, group);
    }

    @Override
    public void leaveOld(final IpAddress group, final QuerierVersion version) {
        sendV1(Icmpv6Header.LISTENER_DONE, group, Ipv6Groups.ALL_ROUTERS);
    }

    private void sendV1(final int type, final IpAddress group, final IpAddress destination) {
        final PacketBuffer packet = pool.packet(HEADROOM + MldMessage.V1_LENGTH, HEADROOM);
        final int message = packet.append(MldMessage.V1_LENGTH);
        final ByteBuffer bytes = packet.memory().bytes();
        Icmpv6Header.write(bytes, message, type, 0, 0);
        MldMessage.address(bytes, message + MldMessage.GROUP_OFFSET, group);
        send(packet, destination);
    }

    private void send(final PacketBuffer packet, final IpAddress destination) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int message = packet.head();
        final int length = packet.length();
        final IpAddress source = source();
        bytes.putLong(packet.prepend(ROUTER_ALERT_HEADER), ROUTER_ALERT);
        final int ip = packet.prepend(Ipv6Header.LENGTH);
        Ipv6Header.write(
                bytes,
                ip,
                0,
                0,
                ROUTER_ALERT_HEADER + length,
                Ipv6ExtensionHeader.HOP_BY_HOP,
                HOP_LIMIT,
                source.high(),
                source.low(),
                destination.high(),
                destination.low());
        Icmpv6Header.writeChecksum(bytes, ip, message, length);
        final Neighbor receiver =
                link.isEthernet() ? Neighbor.permanent(destination, Ipv6Groups.mac(destination)) : null;
        if (link.transmit(packet, EthernetHeader.TYPE_IPV6, receiver) == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /** RFC 3810 5.2.13: a link-local address of ours, or :: while there is none. */
    private IpAddress source() {
        for (int i = 0; i < addresses.size(); i++) {
            final HostAddress each = addresses.get(i);
            if (each.isUsable() && !each.address().isIpv4() && each.address().isLinkLocal()) {
                return each.address();
            }
        }
        return IpAddress.ANY_IPV6;
    }
}
