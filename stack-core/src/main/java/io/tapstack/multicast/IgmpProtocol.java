package io.tapstack.multicast;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IgmpMessage;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Groups;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The Internet Group Management Protocol of a host on one link: IGMPv3 (RFC 3376), and IGMPv2 (RFC 2236) or IGMPv1 (RFC
 * 1112) while a router speaks it.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class IgmpProtocol implements GroupSpeaker {

    private static final long SECOND = 1_000_000_000L;

    /** RFC 2236 4: a query of IGMPv1 has a maximum response time of 10 s. */
    private static final long V1_RESPONSE = 10 * SECOND;

    /** Router alert (RFC 2113 2.1). */
    private static final int ROUTER_ALERT = 0x9404_0000;

    private static final int HEADER = Ipv4Header.LENGTH + Integer.BYTES;
    private static final int HEADROOM = EthernetHeader.LENGTH + HEADER;

    /** The smallest datagram that every link carries (RFC 791 3.2), so no report is fragmented. */
    private static final int MAX_PACKET = 576;

    /** RFC 3376 4: network control. */
    private static final int TRAFFIC_CLASS = 0xC0;

    private final NetworkInterface link;
    private final Supplier<IpAddress> source;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final boolean speaks;
    private final GroupReporting reporting;
    private final MulticastGroups groups;
    private final ReportPacker packer = new ReportPacker(IgmpMessage.ADDRESS_LENGTH);

    /**
     * @param source our address on the link, or 0.0.0.0 while there is none (RFC 3376 4.2.13)
     * @param speaks false if another stack on the link, with the same addresses, reports the groups
     */
    public IgmpProtocol(
            final NetworkInterface link,
            final Supplier<IpAddress> source,
            final boolean speaks,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random) {
        this.link = link;
        this.source = source;
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

    /** Receives a message, its head at the type, and releases it. */
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
        if (length < IgmpMessage.LENGTH || InternetChecksum.finish(InternetChecksum.sum(bytes, message, length)) != 0) {
            return DropReason.GROUP_MALFORMED;
        }
        switch (IgmpMessage.type(bytes, message)) {
            case IgmpMessage.QUERY -> {
                return query(bytes, message, length, info);
            }
            case IgmpMessage.REPORT_V1, IgmpMessage.REPORT_V2 -> {
                reporting.reportedByAnother(IgmpMessage.group(bytes, message));
                return null;
            }
            default -> {
                return DropReason.GROUP_NOT_FOR_US;
            }
        }
    }

    private @Nullable DropReason query(
            final ByteBuffer bytes, final int message, final int length, final ReceivedPacket info) {
        final IpAddress group = IgmpMessage.group(bytes, message);
        if (group.isAny() && !info.destination().equals(Ipv4Groups.ALL_SYSTEMS)) {
            // RFC 3376 9.1: a query for all groups goes to all systems.
            return DropReason.GROUP_MALFORMED;
        }
        if (!group.isAny() && !group.isMulticast()) {
            return DropReason.GROUP_MALFORMED;
        }
        final List<IpAddress> sources = new ArrayList<>();
        final long maxDelay;
        if (length < IgmpMessage.QUERY_LENGTH) {
            // RFC 3376 7.1: the length and the code tell the version.
            final boolean v1 = IgmpMessage.code(bytes, message) == 0;
            maxDelay = v1 ? V1_RESPONSE : IgmpMessage.maxResponseV2(bytes, message);
            reporting.olderQuerier(v1 ? QuerierVersion.OLDEST : QuerierVersion.OLD, maxDelay);
        } else {
            final int count = IgmpMessage.sourceCount(bytes, message);
            if (count > (length - IgmpMessage.QUERY_LENGTH) / IgmpMessage.ADDRESS_LENGTH) {
                return DropReason.GROUP_MALFORMED;
            }
            for (int i = 0; i < count; i++) {
                sources.add(IgmpMessage.source(bytes, message, i));
            }
            maxDelay = IgmpMessage.maxResponse(bytes, message);
            reporting.querier(IgmpMessage.robustness(bytes, message), IgmpMessage.interval(bytes, message));
        }
        if (group.isAny()) {
            reporting.queried(maxDelay);
        } else {
            reporting.queried(group, sources, maxDelay);
        }
        return null;
    }

    // ---- Sending

    @Override
    public boolean isReported(final IpAddress group) {
        return speaks && !group.equals(Ipv4Groups.ALL_SYSTEMS);
    }

    @Override
    public void report(final List<GroupRecord> records) {
        final int room = Math.min(MAX_PACKET, link.mtu()) - HEADER - IgmpMessage.LENGTH;
        for (final List<GroupRecord> each : packer.pack(records, room)) {
            send(each);
        }
    }

    private void send(final List<GroupRecord> records) {
        int length = IgmpMessage.LENGTH;
        for (final GroupRecord record : records) {
            length += packer.length(record);
        }
        final PacketBuffer packet = pool.packet(HEADROOM + length, HEADROOM);
        final ByteBuffer bytes = packet.memory().bytes();
        int at = packet.append(length);
        bytes.putInt(at, IgmpMessage.REPORT_V3 << 24);
        bytes.putInt(at + Integer.BYTES, records.size());
        at += IgmpMessage.LENGTH;
        for (final GroupRecord record : records) {
            bytes.putInt(at, record.type().number() << 24 | record.sources().size());
            bytes.putInt(at + 4, record.group().ipv4Bits());
            at += 4 + IgmpMessage.ADDRESS_LENGTH;
            for (final IpAddress each : record.sources()) {
                bytes.putInt(at, each.ipv4Bits());
                at += IgmpMessage.ADDRESS_LENGTH;
            }
        }
        send(packet, Ipv4Groups.ALL_IGMPV3_ROUTERS);
    }

    @Override
    public void reportOld(final IpAddress group, final QuerierVersion version) {
        final boolean v1 = version == QuerierVersion.OLDEST;
        sendOld(v1 ? IgmpMessage.REPORT_V1 : IgmpMessage.REPORT_V2, group, group);
    }

    @Override
    public void leaveOld(final IpAddress group, final QuerierVersion version) {
        if (version == QuerierVersion.OLD) {
            sendOld(IgmpMessage.LEAVE, group, Ipv4Groups.ALL_ROUTERS);
        }
    }

    private void sendOld(final int type, final IpAddress group, final IpAddress destination) {
        final PacketBuffer packet = pool.packet(HEADROOM + IgmpMessage.LENGTH, HEADROOM);
        final int message = packet.append(IgmpMessage.LENGTH);
        packet.memory().bytes().putInt(message, type << 24);
        packet.memory().bytes().putInt(message + IgmpMessage.GROUP_OFFSET, group.ipv4Bits());
        send(packet, destination);
    }

    private void send(final PacketBuffer packet, final IpAddress destination) {
        final ByteBuffer bytes = packet.memory().bytes();
        final int message = packet.head();
        final int length = packet.length();
        final int checksum = InternetChecksum.finish(InternetChecksum.sum(bytes, message, length));
        bytes.putShort(message + IgmpMessage.CHECKSUM_OFFSET, (short) checksum);
        final int ip = packet.prepend(HEADER);
        Ipv4Header.write(
                bytes,
                ip,
                TRAFFIC_CLASS,
                HEADER + length,
                0,
                Ipv4Header.DONT_FRAGMENT,
                1,
                IpProtocol.IGMP,
                source.get().ipv4Bits(),
                destination.ipv4Bits());
        bytes.put(ip, (byte) (0x40 | HEADER / Integer.BYTES));
        bytes.putInt(ip + Ipv4Header.OPTIONS_OFFSET, ROUTER_ALERT);
        Ipv4Header.updateChecksum(bytes, ip);
        final Neighbor receiver =
                link.isEthernet() ? Neighbor.permanent(destination, Ipv4Groups.mac(destination.ipv4Bits())) : null;
        if (link.transmit(packet, EthernetHeader.TYPE_IPV4, receiver) == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }
}
