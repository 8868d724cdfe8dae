package io.tapstack.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.testing.TestLink;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A host that speaks IGMP or MLD on a {@link TestLink}, in virtual time. A test changes memberships, injects messages,
 * advances time, and reads the frames sent as text: {@code report} with its records, {@code v1}, {@code v2}, or
 * {@code done}.
 */
final class GroupTrace {

    private static final long SECOND = 1_000_000_000L;
    private static final String[] TYPES = {"", "IS_IN", "IS_EX", "TO_IN", "TO_EX", "ALLOW", "BLOCK"};

    final BufferPool pool = new BufferPool();
    final StackStatistics statistics = new StackStatistics();
    final TimerWheel wheel = new TimerWheel(0);
    final TestLink link = TestLink.ethernet();
    final AddressList addresses = new AddressList();
    final MldProtocol mld;
    final IgmpProtocol igmp;
    private final NetworkInterface networkInterface =
            new NetworkInterface(link, MacAddress.parse("02:00:00:00:00:02"), pool, statistics);
    private long now;

    GroupTrace() {
        final SplittableRandom random = new SplittableRandom(42);
        addresses.add(
                new HostAddress(IpAddress.parse("fe80::2"), 64, HostAddress.Origin.LINK_LOCAL, AddressState.PREFERRED));
        mld = new MldProtocol(networkInterface, addresses, true, pool, wheel, statistics, random);
        igmp = new IgmpProtocol(
                networkInterface, () -> IpAddress.parse("10.0.0.2"), true, pool, wheel, statistics, random);
    }

    static IpAddress ip(final String text) {
        return IpAddress.parse(text);
    }

    static SourceFilter include(final String... sources) {
        return SourceFilter.include(Stream.of(sources).map(IpAddress::parse).toArray(IpAddress[]::new));
    }

    static SourceFilter exclude(final String... sources) {
        return SourceFilter.exclude(Stream.of(sources).map(IpAddress::parse).toArray(IpAddress[]::new));
    }

    // ---- Time

    void advanceSeconds(final double seconds) {
        final long target = now + (long) (seconds * SECOND);
        while (wheel.nextDeadline() < target) {
            now = wheel.nextDeadline();
            wheel.advance(now);
        }
        now = target;
        wheel.advance(now);
    }

    /** Advances to the next timer, and returns the seconds that passed. */
    double advanceToTimer() {
        final long before = now;
        now = wheel.nextDeadline();
        wheel.advance(now);
        return (now - before) / (double) SECOND;
    }

    // ---- Messages in

    /** Receives a message of MLD in a packet with a router alert. */
    void receiveMld(final String source, final int hopLimit, final boolean alert, final ByteBuffer message) {
        final IpAddress from = ip(source);
        final ByteBuffer bytes = ByteBuffer.allocate(48 + message.limit());
        bytes.putInt(6 << 28)
                .putShort((short) (8 + message.limit()))
                .put((byte) 0)
                .put((byte) hopLimit);
        bytes.put(from.toIpv6Bytes()).put(ip("ff02::1").toIpv6Bytes());
        bytes.putLong(alert ? 0x3A00_0502_0000_0100L : 0x3A00_0104_0000_0000L).put(message.rewind());
        final PacketBuffer packet = pool.packet(bytes.array(), 0);
        final ReceivedPacket info = new ReceivedPacket();
        info.set(from.high(), from.low(), 0xFF02_0000_0000_0000L, 1, 58, 0, hopLimit, false, packet.head());
        packet.strip(48);
        mld.receive(packet, info);
    }

    void receiveMld(final ByteBuffer message) {
        receiveMld("fe80::1", 1, true, message);
    }

    void receiveIgmp(final String destination, final ByteBuffer message) {
        message.putShort(2, (short) 0);
        message.putShort(2, (short) InternetChecksum.finish(InternetChecksum.sum(message, 0, message.limit())));
        final IpAddress from = ip("10.0.0.1");
        final IpAddress to = ip(destination);
        final ReceivedPacket info = new ReceivedPacket();
        info.set(from.high(), from.low(), to.high(), to.low(), 2, 0, 1, false, 0);
        igmp.receive(pool.packet(message.array(), 0), info);
    }

    static ByteBuffer mldQuery(final int code, final String group, final String... sources) {
        final ByteBuffer message = ByteBuffer.allocate(28 + 16 * sources.length);
        message.putInt(130 << 24)
                .putShort((short) code)
                .putShort((short) 0)
                .put(ip(group).toIpv6Bytes());
        message.put((byte) 2).put((byte) 125).putShort((short) sources.length);
        Stream.of(sources).forEach(source -> message.put(ip(source).toIpv6Bytes()));
        return message;
    }

    static ByteBuffer mldV1(final int type, final int code, final String group) {
        return ByteBuffer.allocate(24)
                .putInt(type << 24)
                .putShort((short) code)
                .putShort((short) 0)
                .put(ip(group).toIpv6Bytes());
    }

    static ByteBuffer igmpQuery(final int code, final String group, final String... sources) {
        final ByteBuffer message = ByteBuffer.allocate(12 + 4 * sources.length);
        message.putInt(0x11 << 24 | code << 16).putInt(ip(group).ipv4Bits());
        message.put((byte) 2).put((byte) 125).putShort((short) sources.length);
        Stream.of(sources).forEach(source -> message.putInt(ip(source).ipv4Bits()));
        return message;
    }

    static ByteBuffer igmpOld(final int type, final int code, final String group) {
        return ByteBuffer.allocate(8)
                .putInt(type << 24 | code << 16)
                .putInt(ip(group).ipv4Bits());
    }

    // ---- Messages out

    List<String> sent() {
        final List<String> texts = new ArrayList<>();
        for (final byte[] frame : link.takeSent()) {
            final ByteBuffer bytes = ByteBuffer.wrap(frame);
            texts.add(bytes.getShort(12) == 0x0800 ? ipv4(bytes) : ipv6(bytes));
        }
        return texts;
    }

    private static String ipv6(final ByteBuffer frame) {
        final int ip = 14;
        final int mld = ip + 48;
        final int length = frame.capacity() - mld;
        assertThat(frame.getInt(2)).as("RFC 2464 7").isEqualTo(frame.getInt(ip + 36));
        assertThat(frame.getShort(ip + 4) & 0xFFFF).as("payload length").isEqualTo(8 + length);
        assertThat(frame.get(ip + 6)).as("hop-by-hop options").isZero();
        assertThat(frame.get(ip + 7)).as("hop limit").isEqualTo((byte) 1);
        assertThat(frame.getInt(ip + 40)).as("router alert").isEqualTo(0x3A00_0502);
        final long sum = InternetChecksum.sum(frame, ip + 8, 32) + length + 58;
        assertThat(InternetChecksum.finish(sum + InternetChecksum.sum(frame, mld, length)))
                .as("checksum")
                .isZero();
        final String ends = address(frame, ip + 8, 16) + " > " + address(frame, ip + 24, 16);
        return switch (frame.get(mld) & 0xFF) {
            case 131 -> "v1 " + ends + " " + address(frame, mld + 8, 16);
            case 132 -> "done " + ends + " " + address(frame, mld + 8, 16);
            case 143 -> "report " + ends + records(frame, mld + 6, 16);
            default -> throw new AssertionError();
        };
    }

    private static String ipv4(final ByteBuffer frame) {
        final int ip = 14;
        final int igmp = ip + 24;
        assertThat(frame.get(ip)).isEqualTo((byte) 0x46);
        assertThat(frame.getShort(ip + 2) & 0xFFFF).as("total length").isEqualTo(frame.capacity() - ip);
        assertThat(frame.get(ip + 8)).as("time to live").isEqualTo((byte) 1);
        assertThat(frame.getInt(ip + 20)).as("router alert").isEqualTo(0x9404_0000);
        assertThat(InternetChecksum.finish(InternetChecksum.sum(frame, ip, 24))).isZero();
        assertThat(InternetChecksum.finish(InternetChecksum.sum(frame, igmp, frame.capacity() - igmp)))
                .isZero();
        final String ends = address(frame, ip + 12, 4) + " > " + address(frame, ip + 16, 4);
        return switch (frame.get(igmp)) {
            case 0x12 -> "v1 " + ends + " " + address(frame, igmp + 4, 4);
            case 0x16 -> "v2 " + ends + " " + address(frame, igmp + 4, 4);
            case 0x17 -> "leave " + ends + " " + address(frame, igmp + 4, 4);
            case 0x22 -> "report " + ends + records(frame, igmp + 6, 4);
            default -> throw new AssertionError();
        };
    }

    private static String records(final ByteBuffer frame, final int count, final int size) {
        final StringBuilder text = new StringBuilder();
        int at = count + 2;
        for (int i = frame.getShort(count); i > 0; i--) {
            text.append(' ').append(TYPES[frame.get(at)]).append(' ').append(address(frame, at + 4, size));
            final List<String> sources = new ArrayList<>();
            for (int j = 0; j < frame.getShort(at + 2); j++) {
                sources.add(address(frame, at + 4 + size * (j + 1), size));
            }
            sources.sort(null);
            text.append('{').append(String.join(" ", sources)).append('}');
            at += 4 + size * (1 + sources.size());
        }
        assertThat(at).as("the records fill the report").isEqualTo(frame.capacity());
        return text.toString();
    }

    private static String address(final ByteBuffer frame, final int at, final int size) {
        final byte[] bytes = new byte[size];
        frame.get(at, bytes);
        return IpAddress.of(bytes).toString();
    }

    long drops(final DropReason reason) {
        return statistics.drops(reason);
    }

    void assertNothingLeaked() {
        mld.stop();
        igmp.stop();
        assertThat(pool.packetsInUse()).isZero();
        assertThat(wheel.armedTimers()).isZero();
    }
}
