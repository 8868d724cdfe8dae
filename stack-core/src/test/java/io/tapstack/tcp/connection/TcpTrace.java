package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stack under virtual time, and a hand for its peer: segments in, segments out, as they stand in a packet trace.
 *
 * <pre>{@code
 * trace.in("S 0:0(0) win 65535 <mss 1460>");
 * trace.out("S. 0:0(0) ack 1 <mss 1460>");
 * trace.in(". 1:1(0) ack 1");
 * }</pre>
 *
 * Flags are tcpdump's letters (S F R P . U E W A, and - for none), or in the place of A, W and E the ACE field's number
 * at the end, sequence numbers are relative to each side's ISN, the length stands in brackets. In what is expected, a
 * window or options that are not written are not looked at; PSH is looked at only if written with {@code P}. A
 * timestamp option is written {@code ts VAL/ECR}; {@code ts *} accepts any. SACK blocks are written {@code sack
 * 1001-2001 3001-4001}. In front may stand what the ECN field of the IP header says: {@code not-ect}, {@code ect0},
 * {@code ect1} or {@code ce}.
 *
 * <p>The same traces run over IPv4 and over IPv6, where the link takes packets that are longer by the difference of the
 * headers: so segments are of equal size.
 */
final class TcpTrace {

    /** True in the run of all traces over IPv6: with {@code -Dtapstack.trace.family=6}. */
    static final boolean IPV6 = Integer.getInteger("tapstack.trace.family", 4) == 6;

    static final IpAddress STACK = IpAddress.parse(IPV6 ? "2001:db8::1" : "192.0.2.1");
    static final IpAddress PEER = IpAddress.parse(IPV6 ? "2001:db8::2" : "192.0.2.2");

    /** Bytes of IP header, and so the offset of the TCP header in a packet. */
    static final int TCP = IPV6 ? 40 : 20;

    /** The MSS of a peer without the option (RFC 9293 MUST-15). */
    static final int DEFAULT_MSS = IPV6 ? 1_220 : 536;

    static final int STACK_PORT = 80;
    static final int PEER_PORT = 40_000;
    private static final int PEER_ISS = 0x7FFF_FF00; // close to the sign, so that every trace crosses it
    private static final List<String> ECN_FIELDS = List.of("not-ect", "ect1", "ect0", "ce");
    private static final long MILLIS = 1_000_000L;

    private static final Pattern SEGMENT = Pattern.compile(
            "(?:(not-ect|ect0|ect1|ce) )?([SFRPUEWA.]+[0-7]?|-) (\\d+):(\\d+)\\((\\d+)\\)(?: ack (\\d+))?(?: win (\\d+))?(?: urg (\\d+))?(?: <([^>]*)>)?");

    final TestLink link;
    final NetworkStack stack;
    private long now = 1_000_000_000L;
    private int stackIss;
    private boolean stackIssKnown;
    private int lastTimestamp;
    private final List<Connection> handedOut = new ArrayList<>();
    int peerPort = PEER_PORT;
    int stackPort = STACK_PORT;
    int peerIss = PEER_ISS;

    TcpTrace() {
        this(LinkCapabilities.plain(LinkType.IP, 1_500));
    }

    TcpTrace(final LinkCapabilities capabilities) {
        this(capabilities, BufferPool.DEFAULT_LIMIT_BYTES);
    }

    TcpTrace(final TcpLimits limits) {
        this(LinkCapabilities.plain(LinkType.IP, 1_500), config().withTcpLimits(limits));
    }

    TcpTrace(final LinkCapabilities capabilities, final long memoryLimitBytes) {
        this(capabilities, config().withMemoryLimit(memoryLimitBytes));
    }

    private TcpTrace(final LinkCapabilities capabilities, final StackConfig config) {
        link = new TestLink(grown(capabilities));
        stack = new NetworkStack(link, config, now);
    }

    private static StackConfig config() {
        return StackConfig.of(new InterfaceAddress(STACK, 24), new SplittableRandom(1));
    }

    /** Room for the longer header of IPv6. */
    private static LinkCapabilities grown(final LinkCapabilities link) {
        return new LinkCapabilities(
                link.type(),
                Math.min(LinkCapabilities.MAX_MTU, link.mtu() + TCP - 20),
                link.txChecksum(),
                link.rxChecksumTrusted(),
                link.maxSegmentOffload());
    }

    // ---- Opening a connection

    TcpListener listen(final TcpConfig config) {
        return listen(config, 16);
    }

    TcpListener listen(final TcpConfig config, final int backlog) {
        try {
            final TcpBinding binding = stack.tcp().bind(new Endpoint(STACK, STACK_PORT), true);
            return stack.tcp().listen(binding, backlog, config);
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    Connection connect(final TcpConfig config) {
        return connect(config, ConnectionObserver.NONE);
    }

    Connection connect(final TcpConfig config, final ConnectionObserver observer) {
        try {
            final TcpBinding binding = stack.tcp().bind(new Endpoint(STACK, STACK_PORT), true);
            final Connection connection =
                    (Connection) stack.tcp().connect(binding, new Endpoint(PEER, PEER_PORT), config, observer, now);
            handedOut.add(connection);
            return connection;
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A passive open without options but an MSS of 1000, so that numbers stay round; the peer's window is 65,535. */
    Connection established(final TcpConfig config) {
        return established(config, 65_535);
    }

    Connection established(final TcpConfig config, final int peerWindow) {
        final TcpListener listener = listen(config.timestamps(false).windowScaling(false));
        in("S 0:0(0) win " + peerWindow + " <mss 1000>");
        out("S. 0:0(0) ack 1");
        in(". 1:1(0) ack 1 win " + peerWindow);
        final Connection connection = accept(listener);
        assertThat(connection).isNotNull();
        handedOut.add(connection);
        return connection;
    }

    /** The same, but SACK is agreed on, and the round trip takes a while. */
    Connection establishedWithSack(final TcpConfig config, final long roundTripMillis) {
        final TcpListener listener = listen(config.timestamps(false).windowScaling(false));
        in("S 0:0(0) win 65535 <mss 1000,sackOK>");
        out("S. 0:0(0) ack 1 <mss 1460,sackOK>");
        advance(roundTripMillis);
        in(". 1:1(0) ack 1 win 65535");
        final Connection connection = accept(listener);
        assertThat(connection).isNotNull();
        handedOut.add(connection);
        return connection;
    }

    /** Accepts a connection, with a view of its inside; or null if there is none. */
    static @Nullable Connection accept(final TcpListener listener) {
        return (Connection) listener.accept();
    }

    // ---- Time

    long now() {
        return now;
    }

    /** Lets time pass without polls: timers fire late, with the next segment. */
    TcpTrace sleep(final long millis) {
        now += millis * MILLIS;
        return this;
    }

    /** Lets time pass, firing timers on the way. */
    TcpTrace advance(final long millis) {
        final long until = now + millis * MILLIS;
        while (true) {
            final long next = stack.nextDeadline();
            if (next == Long.MAX_VALUE || next - until > 0) {
                break;
            }
            now = Math.max(now, next);
            poll();
        }
        now = until;
        poll();
        return this;
    }

    // ---- The application

    /** Writes {@code length} bytes, counting up modulo 251 from the stream's position 0. */
    int write(final TcpConnection connection, final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        return connection.write(bytes, length, false, now);
    }

    int read(final TcpConnection connection, final int length) {
        return connection.read(ByteBuffer.allocate(length), false, now);
    }

    void append(final TcpConnection connection, final Region region, final int length) {
        connection.write(region, 0, length, false, now);
    }

    // ---- Segments

    /** The peer sends a segment, and the stack handles it. */
    TcpTrace in(final String text) {
        link.inject(encode(parse(text)));
        poll();
        return this;
    }

    /** The peer's segments arrive together, without a poll between them. */
    TcpTrace inTogether(final String... texts) {
        for (final String text : texts) {
            link.inject(encode(parse(text)));
        }
        poll();
        return this;
    }

    /** The peer sends a segment that is changed before it arrives. */
    TcpTrace in(final String text, final java.util.function.Consumer<ByteBuffer> change) {
        final byte[] packet = encode(parse(text));
        change.accept(ByteBuffer.wrap(packet));
        link.inject(packet);
        poll();
        return this;
    }

    /** The stack has sent this segment. */
    TcpTrace out(final String text) {
        final byte[] packet = link.take();
        assertThat(packet).as("expected %s, but nothing was sent", text).isNotNull();
        final Line expected = parse(text);
        final Line actual = decode(packet, expected);
        assertThat(actual.toString()).isEqualTo(expected.toString());
        return this;
    }

    /**
     * The stack has sent a SYN-ACK that ends in a Fast Open cookie. @return the cookie's bytes in hex, as {@code raw}
     * takes them
     */
    String takeCookie() {
        return takeCookie(1);
    }

    /** The same for a SYN-ACK that acknowledges data. */
    String takeCookie(final int ack) {
        final byte[] packet = link.take();
        assertThat(packet).as("a SYN-ACK").isNotNull();
        final Line synAck = decode(packet, parse("S. 0:0(0) ack " + ack));
        assertThat(synAck.flags + synAck.ack).isEqualTo("S." + ack);
        final int at = packet.length - 12;
        assertThat(packet[at]).as("kind of the last option, two NOPs behind it").isEqualTo((byte) 34);
        final StringBuilder text = new StringBuilder();
        for (int i = at + 2; i < packet.length - 2; i++) {
            text.append(Integer.toHexString(packet[i] & 0xFF)).append(' ');
        }
        return text.toString().trim();
    }

    /** The stack has sent nothing more. */
    TcpTrace quiet() {
        final byte[] packet = link.take();
        assertThat(packet == null ? "nothing" : decode(packet, null).toString()).isEqualTo("nothing");
        return this;
    }

    /** The number of drops for a reason. */
    TcpTrace dropped(final DropReason reason, final int times) {
        assertThat(stack.statistics().drops(reason)).as(reason.toString()).isEqualTo(times);
        return this;
    }

    /**
     * Discards all sent segments.
     *
     * @return number of packets
     */
    int drain() {
        int count = 0;
        while (link.take() != null) {
            count++;
        }
        return count;
    }

    /**
     * Ends the trace: after the stack is closed and the application has released unread data, no memory and no timer
     * may be left.
     */
    void noLeaks() {
        stack.tcp().connections().forEach(connection -> handedOut.add((Connection) connection));
        stack.close(now);
        handedOut.forEach(connection -> connection.close(now));
        drain(); // resets
        assertThat(stack.pool().regionsInUse()).as("regions in use").isZero();
        assertThat(stack.pool().packetsInUse()).as("packets in use").isZero();
        assertThat(stack.timers().armedTimers()).as("armed timers").isZero();
    }

    void poll() {
        try {
            while (stack.poll(now)) {
                // until the device has no more packets
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- Text to bytes and back

    private static final class Line {
        int ecn = -1;
        String flags = "";
        int seq;
        int length;
        int ack = -1;
        int window = -1;
        int urgent;

        @Nullable
        String options;

        @Override
        public String toString() {
            return (ecn < 0 ? "" : ECN_FIELDS.get(ecn) + " ") + flags + " " + Integer.toUnsignedString(seq) + ":"
                    + Integer.toUnsignedString(seq + length) + "("
                    + length + ")" + (flags.contains(".") ? " ack " + Integer.toUnsignedString(ack) : "")
                    + (window < 0 ? "" : " win " + window)
                    + (urgent == 0 ? "" : " urg " + urgent)
                    + (options == null ? "" : " <" + options + ">");
        }
    }

    private static Line parse(final String text) {
        final Matcher matcher = SEGMENT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a segment: " + text);
        }
        final Line line = new Line();
        line.ecn = matcher.group(1) == null ? -1 : ECN_FIELDS.indexOf(matcher.group(1));
        line.flags = matcher.group(2);
        line.seq = Integer.parseUnsignedInt(matcher.group(3));
        line.length = Integer.parseInt(matcher.group(5));
        if (Integer.parseUnsignedInt(matcher.group(4)) - line.seq != line.length) {
            throw new IllegalArgumentException("the numbers do not add up: " + text);
        }
        if (matcher.group(6) != null) {
            line.ack = Integer.parseUnsignedInt(matcher.group(6));
            line.flags = line.flags.contains(".") ? line.flags : line.flags + ".";
        }
        line.window = matcher.group(7) == null ? -1 : Integer.parseInt(matcher.group(7));
        line.urgent = matcher.group(8) == null ? 0 : Integer.parseInt(matcher.group(8));
        line.options = matcher.group(9);
        return line;
    }

    private byte[] encode(final Line line) {
        final byte[] options = encodeOptions(line.options == null ? "" : line.options);
        final int headerLength = TcpHeader.MIN_LENGTH + options.length;
        final ByteBuffer packet = ByteBuffer.allocate(TCP + headerLength + line.length);
        encodeIp(packet, Math.max(0, line.ecn));
        int flags = 0;
        for (int bit = 0; bit < 9; bit++) {
            flags |= line.flags.indexOf("FSRP.UEWA".charAt(bit)) >= 0 ? 1 << bit : 0;
        }
        final char last = line.flags.charAt(line.flags.length() - 1);
        flags |= Character.isDigit(last) ? last - '0' << TcpHeader.ACE_SHIFT : 0;
        final int ack = line.flags.contains(".") ? line.ack + stackIss : 0;
        new TcpHeader()
                .wrap(packet, TCP)
                .write(
                        peerPort,
                        stackPort,
                        line.seq + peerIss,
                        ack,
                        headerLength,
                        flags,
                        line.window < 0 ? 65_535 : line.window,
                        line.urgent);
        packet.position(TCP + TcpHeader.MIN_LENGTH);
        packet.put(options);
        checksum(packet);
        return packet.array();
    }

    private static void encodeIp(final ByteBuffer packet, final int ecn) {
        if (IPV6) {
            packet.putInt(0, 6 << 28 | ecn << 20);
            packet.putInt(4, packet.capacity() - TCP << 16 | 6 << 8 | 64);
            packet.putLong(8, PEER.high()).putLong(16, PEER.low());
            packet.putLong(24, STACK.high()).putLong(32, STACK.low());
            return;
        }
        packet.putInt(0, 0x4500 << 16 | ecn << 16 | packet.capacity());
        packet.putInt(8, 64 << 24 | 6 << 16);
        packet.putInt(12, PEER.ipv4Bits());
        packet.putInt(16, STACK.ipv4Bits());
        packet.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(packet, 0, 20)));
    }

    /** Checks the IP header of a sent packet. */
    private static void decodeIp(final ByteBuffer packet) {
        if (IPV6) {
            assertThat(packet.getInt(0) >>> 28).as("IP version").isEqualTo(6);
            assertThat(IpAddress.ipv6(packet.getLong(8), packet.getLong(16)))
                    .as("IP source")
                    .isEqualTo(STACK);
            assertThat(IpAddress.ipv6(packet.getLong(24), packet.getLong(32)))
                    .as("IP destination")
                    .isEqualTo(PEER);
            assertThat((packet.getShort(4) & 0xFFFF) + TCP).as("IP length").isEqualTo(packet.capacity());
            return;
        }
        assertThat(packet.getInt(12)).as("IP source").isEqualTo(STACK.ipv4Bits());
        assertThat(packet.getInt(16)).as("IP destination").isEqualTo(PEER.ipv4Bits());
        assertThat(packet.getShort(2) & 0xFFFF).as("IP length").isEqualTo(packet.capacity());
    }

    /** Any address of the family. */
    static Endpoint any(final int port) {
        return IPV6 ? Endpoint.anyIpv6(port) : Endpoint.anyIpv4(port);
    }

    /** The source of a packet. */
    static IpAddress source(final byte[] packet) {
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        return IPV6 ? IpAddress.ipv6(bytes.getLong(8), bytes.getLong(16)) : IpAddress.ipv4(bytes.getInt(12));
    }

    /** DSCP and ECN field of a packet. */
    static int trafficClass(final ByteBuffer packet) {
        return IPV6 ? packet.getShort(0) >>> 4 & 0xFF : packet.get(1) & 0xFF;
    }

    /** Hop limit, or time to live, of a packet. */
    static int hopLimit(final ByteBuffer packet) {
        return packet.get(IPV6 ? 7 : 8) & 0xFF;
    }

    /** Corrects the checksum of a changed packet of the peer. */
    static void checksum(final ByteBuffer packet) {
        final int tcpLength = packet.capacity() - TCP;
        final long pseudo = InternetChecksum.pseudoHeader(PEER, STACK, 6) + tcpLength;
        packet.putShort(TCP + 16, (short) 0);
        final long sum = pseudo + InternetChecksum.sum(packet, TCP, tcpLength);
        packet.putShort(TCP + 16, (short) InternetChecksum.finish(sum));
    }

    private byte[] encodeOptions(final String text) {
        final ByteBuffer options = ByteBuffer.allocate(40);
        for (final String option : text.isEmpty() ? new String[0] : text.split(",")) {
            final String[] words = option.trim().split("[ /]");
            switch (words[0]) {
                case "mss" -> options.put((byte) 2).put((byte) 4).putShort((short) Integer.parseInt(words[1]));
                case "wscale" -> options.put((byte) 3).put((byte) 3).put((byte) Integer.parseInt(words[1]));
                case "sackOK" -> options.put((byte) 4).put((byte) 2);
                case "nop" -> options.put((byte) 1);
                case "sack" -> {
                    options.put((byte) 5).put((byte) (2 + 8 * (words.length - 1)));
                    for (int i = 1; i < words.length; i++) {
                        final String[] edges = words[i].split("-");
                        options.putInt(Integer.parseUnsignedInt(edges[0]) + stackIss);
                        options.putInt(Integer.parseUnsignedInt(edges[1]) + stackIss);
                    }
                }
                case "ECN" -> {
                    options.put((byte) ("e0b".equals(words.length > 1 ? words[1] : "") ? 172 : 174));
                    options.put((byte) (2 + 3 * (words.length / 2)));
                    for (int i = 2; i < words.length; i += 2) {
                        final int value = Integer.parseInt(words[i]);
                        options.put((byte) (value >>> 16)).putShort((short) value);
                    }
                }
                case "eol" -> options.put((byte) 0);
                case "ts" ->
                    options.put((byte) 8)
                            .put((byte) 10)
                            .putInt(Integer.parseUnsignedInt(words[1]))
                            .putInt(Integer.parseUnsignedInt(words[2]));
                case "raw" -> {
                    for (int i = 1; i < words.length; i++) {
                        options.put((byte) Integer.parseInt(words[i], 16));
                    }
                }
                default -> throw new IllegalArgumentException("option " + option);
            }
        }
        while (options.position() % 4 != 0) {
            options.put((byte) 1);
        }
        final byte[] bytes = new byte[options.position()];
        options.get(0, bytes);
        return bytes;
    }

    private Line decode(final byte[] bytes, final @Nullable Line expected) {
        final ByteBuffer packet = ByteBuffer.wrap(bytes);
        decodeIp(packet);
        final int tcpLength = bytes.length - TCP;
        final long pseudo = InternetChecksum.pseudoHeader(PEER, STACK, 6) + tcpLength;
        if (!stack.device().capabilities().txChecksum()) {
            assertThat(InternetChecksum.fold(pseudo + InternetChecksum.sum(packet, TCP, tcpLength)))
                    .as("TCP checksum")
                    .isEqualTo(0xFFFF);
        }
        final TcpHeader header = new TcpHeader().wrap(packet, TCP);
        assertThat(header.destinationPort()).as("destination port").isEqualTo(peerPort);
        if ((header.flags() & TcpHeader.SYN) != 0 && !stackIssKnown) {
            stackIss = header.sequence();
            stackIssKnown = true;
        }
        final Line line = new Line();
        final boolean pushMatters = expected == null || expected.flags.contains("P");
        final StringBuilder flags = new StringBuilder();
        final boolean resetWithoutAck =
                (header.flags() & (TcpHeader.RST | TcpHeader.ACK)) == (TcpHeader.RST | TcpHeader.ACK) && !stackIssKnown;
        final boolean asNumber = expected != null && expected.flags.matches(".*[0-7]");
        for (final char letter : (asNumber ? "SFRPU." : "SFRPUEWA.").toCharArray()) {
            final boolean set = (header.flags() & 1 << "FSRP.UEWA".indexOf(letter)) != 0;
            if (set && (letter != 'P' || pushMatters)) {
                flags.append(letter);
            }
        }
        flags.append(asNumber ? Integer.toString((header.flags() & TcpHeader.ACE) >>> TcpHeader.ACE_SHIFT) : "");
        line.ecn = expected == null || expected.ecn < 0 ? -1 : trafficClass(packet) & 3;
        line.flags = flags.toString();
        line.seq = resetWithoutAck ? header.sequence() : header.sequence() - stackIss;
        line.length = tcpLength - header.headerLength();
        line.ack = (header.flags() & TcpHeader.ACK) != 0 ? header.acknowledgment() - peerIss : -1;
        line.window = expected != null && expected.window < 0 ? -1 : header.window();
        line.urgent = header.urgentPointer();
        if (expected == null || expected.options != null) {
            line.options = decodeOptions(packet, header.headerLength(), expected);
        }
        return line;
    }

    /** The ISN that our sequence numbers are relative to. */
    int stackIss() {
        return stackIss;
    }

    /** TSval of the last segment with checked timestamps. */
    int lastTimestamp() {
        return lastTimestamp;
    }

    /** Returns to a connection with a known ISN. */
    void stackIss(final int iss) {
        stackIss = iss;
        stackIssKnown = true;
    }

    /** The ISN of the next connection is not known yet. */
    TcpTrace forgetIss() {
        stackIssKnown = false;
        return this;
    }

    private String decodeOptions(final ByteBuffer packet, final int headerLength, final @Nullable Line expected) {
        final StringBuilder text = new StringBuilder();
        int at = TCP + TcpHeader.MIN_LENGTH;
        while (at < TCP + headerLength) {
            final int kind = packet.get(at);
            if (kind == 1) {
                at++;
                continue;
            }
            if (text.length() > 0) {
                text.append(',');
            }
            switch (kind) {
                case 2 -> text.append("mss ").append(packet.getShort(at + 2) & 0xFFFF);
                case 5 -> {
                    text.append("sack");
                    for (int block = at + 2; block < at + packet.get(at + 1); block += 8) {
                        text.append(' ').append(packet.getInt(block) - peerIss);
                        text.append('-').append(packet.getInt(block + 4) - peerIss);
                    }
                }
                case 3 -> text.append("wscale ").append(packet.get(at + 2));
                case 4 -> text.append("sackOK");
                case 8 -> {
                    lastTimestamp = packet.getInt(at + 2);
                    final boolean any =
                            expected != null && expected.options != null && expected.options.contains("ts *");
                    text.append("ts ")
                            .append(
                                    any
                                            ? "*"
                                            : Integer.toUnsignedString(packet.getInt(at + 2)) + "/"
                                                    + Integer.toUnsignedString(packet.getInt(at + 6)));
                }
                case (byte) 172, (byte) 174 -> {
                    text.append("ECN");
                    final String[] names = (kind == (byte) 172 ? "e0b ceb e1b" : "e1b ceb e0b").split(" ");
                    for (int i = 0; i < (packet.get(at + 1) - 2) / 3; i++) {
                        final int value =
                                (packet.getShort(at + 2 + 3 * i) & 0xFFFF) << 8 | packet.get(at + 4 + 3 * i) & 0xFF;
                        text.append(' ').append(names[i]).append(' ').append(value);
                    }
                }
                default -> text.append("kind ").append(kind);
            }
            at += packet.get(at + 1);
        }
        return text.toString();
    }
}
