package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.fuzz.CapturedSegment;
import io.tapstack.fuzz.ModelPeer;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The agent without its socket and its threads: requests as bytes, one after the other, each checked together with its
 * reply. Calls that would wait for ever get a time limit, as no other caller could end them.
 */
final class AgentLab {

    static final InterfaceAddress LOCAL = InterfaceAddress.parse("10.0.0.2/24");
    static final IpAddress PEER = IpAddress.parse("10.0.0.1");
    static final InterfaceAddress LOCAL6 = InterfaceAddress.parse("fd00::2/64");
    static final IpAddress PEER6 = IpAddress.parse("fd00::1");

    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final long DAY_MICROS = 24 * HOUR_MICROS;
    private static final int SOL_SOCKET = 1;
    private static final int[] TIMEOUTS = {20, 21}; // SO_RCVTIMEO, SO_SNDTIMEO
    private static final int REPLY_HEAD = 24;
    private static final int MAX_ERRNO = 133;

    private final List<ModelPeer> peers;
    private VirtualIncarnation incarnation;
    private Incarnation.Caller caller;
    private long lastMicros = -1;
    private long highestDescriptor;

    AgentLab(final List<ModelPeer> peers) {
        this.peers = peers;
        start(0);
    }

    private void start(final long startMicros) {
        final StackConfig config = StackConfig.builder(LOCAL)
                .address(LOCAL6)
                .gateway(PEER)
                .gateway(PEER6)
                .ndp(NdpConfig.DEFAULT.withRouters(false).silent())
                .random(new SplittableRandom(1))
                .build();
        incarnation = VirtualIncarnation.start(config, List.of(), startMicros, 0, 0);
        caller = incarnation.join();
    }

    /** The stack's time. */
    long nanos() {
        return incarnation.nanos();
    }

    /** True if a packet of the stack was not fetched. */
    boolean hasSent() {
        return incarnation.link().hasSent();
    }

    /** Makes a request, and records its effects. */
    AgentReply ask(final int op, final long a, final long b, final long c, final long d, final byte[] blob)
            throws IOException, InterruptedException {
        final ByteBuffer bytes = ByteBuffer.allocate(4 + 37 + blob.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(37 + blob.length).put((byte) op).putLong(a).putLong(b).putLong(c);
        bytes.putLong(d).putInt(blob.length).put(blob);
        return perform(AgentRequest.read(channel(bytes.array())));
    }

    /** Sends any bytes: they are a request, or they are refused. */
    void askBytes(final byte[] bytes) throws InterruptedException {
        try {
            perform(AgentRequest.read(channel(bytes)));
        } catch (final BadRequest e) {
            assertThat(e.errno()).isPositive();
        } catch (final EOFException e) {
            // The request is incomplete.
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ReadableByteChannel channel(final byte[] bytes) {
        return Channels.newChannel(new ByteArrayInputStream(bytes));
    }

    private AgentReply perform(final AgentRequest asked) throws IOException, InterruptedException {
        final AgentRequest request = finite(asked);
        final Operations operations = new Operations(incarnation, this::reset);
        caller.begin();
        final AgentReply reply;
        try {
            reply = operations.perform(request);
        } finally {
            caller.end();
        }
        check(request, reply);
        final boolean opened = request.op() == Operations.SOCKET || request.op() == Operations.ACCEPT;
        if (opened && reply.result() >= 0) {
            highestDescriptor = Math.max(highestDescriptor, reply.result());
            limitWaits(reply.result());
        } else if (request.op() == Operations.SETSOCKOPT && reply.result() >= 0) {
            limitWaits(request.a());
        } else if (request.op() == Operations.PACKET_OUT && reply.result() >= 0) {
            hear(reply);
        }
        return reply;
    }

    /** A wait for ever is limited; a year has too many timers. */
    private static AgentRequest finite(final AgentRequest request) {
        return switch (request.op()) {
            case Operations.POLL ->
                request.b() >= 0 && (int) request.b() >= 0
                        ? request
                        : new AgentRequest(request.op(), request.a(), 1_000, request.c(), request.d(), request.blob());
            case Operations.EPOLL_WAIT ->
                (int) request.c() >= 0
                        ? request
                        : new AgentRequest(request.op(), request.a(), request.b(), 1_000, request.d(), request.blob());
            case Operations.ADVANCE ->
                request.a() <= DAY_MICROS
                        ? request
                        : new AgentRequest(
                                request.op(), DAY_MICROS, request.b(), request.c(), request.d(), request.blob());
            default -> request;
        };
    }

    private void limitWaits(final long fd) {
        for (final int option : TIMEOUTS) {
            final ByteBuffer seconds = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            seconds.putLong(30).putLong(0).flip();
            incarnation.calls().setOption(fd, SOL_SOCKET, option, seconds);
        }
    }

    private void reset() {
        final long from = incarnation.uniqueMicros() + 1;
        close();
        start(from);
    }

    // ---- The checks

    private void check(final AgentRequest request, final AgentReply reply) throws IOException {
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        reply.write(Channels.newChannel(written));
        final ByteBuffer bytes = ByteBuffer.wrap(written.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        final long result = bytes.getLong();
        final int errno = bytes.getInt();
        bytes.getLong();
        assertThat(bytes.getInt()).as("length of the blob").isEqualTo(bytes.remaining());
        assertThat(written.size() - REPLY_HEAD).isLessThanOrEqualTo(AgentRequest.MAX_BLOB);
        assertThat(errno).as("errno").isBetween(0, MAX_ERRNO);
        assertThat(result < 0).as("a failure has an errno, a success none").isEqualTo(errno != 0);
        switch (request.op()) {
            case Operations.RECV, Operations.SEND ->
                assertThat(result).as("bytes").isLessThanOrEqualTo(Math.max(0, request.b()));
            case Operations.POLL -> assertThat(result).as("ready").isLessThanOrEqualTo(Math.max(0, request.a()));
            case Operations.NOW -> {
                assertThat(reply.x()).as("time").isGreaterThan(lastMicros);
                lastMicros = reply.x();
            }
            default -> {
                // Any result.
            }
        }
    }

    private void hear(final AgentReply reply) {
        assertThat(reply.x()).as("when it was sent").isBetween(0L, incarnation.micros(incarnation.nanos()));
        final byte[] packet = new byte[reply.blob().remaining()];
        reply.blob().duplicate().get(packet);
        final ByteBuffer header = ByteBuffer.wrap(packet);
        final boolean ipv6 = Ipv6Header.version(header, 0) == 6;
        final int headerLength = ipv6 ? Ipv6Header.LENGTH : Ipv4Header.headerLength(header, 0);
        assertThat(ipv6 ? headerLength + Ipv6Header.payloadLength(header, 0) : Ipv4Header.totalLength(header, 0))
                .as("total length")
                .isEqualTo(packet.length);
        final boolean whole = ipv6 || (header.getShort(6) & 0x3FFF) == 0;
        final int protocol = ipv6 ? Ipv6Header.nextHeader(header, 0) : Ipv4Header.protocol(header, 0);
        if (protocol != IpProtocol.TCP || !whole) {
            return;
        }
        final CapturedSegment segment = CapturedSegment.read(packet, headerLength);
        for (final ModelPeer peer : peers) {
            if (segment.destination().equals(peer.endpoint.address())
                    && segment.destinationPort() == peer.endpoint.port()
                    && segment.sourcePort() == peer.stack.port()) {
                peer.heard(segment);
            }
        }
    }

    // ---- The end

    /** The suite closes everything; connections end by themselves. */
    void end() throws IOException, InterruptedException {
        for (long fd = 3; fd <= highestDescriptor; fd++) {
            ask(Operations.CLOSE, fd, 0, 0, 0, new byte[0]);
        }
        final NetworkStack stack = incarnation.stack();
        // Orphans end within their retransmissions, or zero-window probes, whose interval grows to two minutes.
        for (int hours = 0; hours < 4 && !isAtRest(stack); hours++) {
            ask(Operations.ADVANCE, HOUR_MICROS, 0, 0, 0, new byte[0]);
            while (hasSent()) {
                incarnation.link().take();
            }
        }
        assertThat(stack.tcp().connections()).as("connections left").isEmpty();
        assertThat(stack.tcp().timeWaitCount()).as("records left").isZero();
        close();
    }

    private static boolean isAtRest(final NetworkStack stack) {
        return stack.tcp().connections().isEmpty() && stack.tcp().timeWaitCount() == 0;
    }

    /** Closes the stack in its present state; no resource of it is left. */
    void close() {
        final NetworkStack stack = incarnation.stack();
        incarnation.close();
        caller.leave();
        assertThat(stack.tcp().connections()).as("connections left").isEmpty();
        assertThat(stack.pool().packetsInUse()).as("packets left").isZero();
        assertThat(stack.pool().regionsInUse()).as("blocks left").isZero();
        assertThat(stack.pool().bytesInUse()).as("bytes left").isZero();
        assertThat(stack.timers().armedTimers()).as("timers left").isZero();
    }
}
