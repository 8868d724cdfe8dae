package io.tapstack.simulation.grid;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.SimulatedLink;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A cable that delivers SYNs from hosts that do not exist, at a rate, until it is stopped; frames sent there are lost.
 */
final class FloodLink implements SimulatedLink {

    private static final int LENGTH = Ipv4Header.LENGTH + TcpHeader.MIN_LENGTH;
    private static final int HOP_LIMIT = 64;
    private static final double NANOS = 1e9;

    /** 172.16.0.0/12, which no host of the simulation uses. */
    private static final int NETWORK = 0xAC10_0000;

    private static final int HOSTS = 1 << 20;

    private final LinkCapabilities capabilities;
    private final Endpoint target;
    private final long intervalNanos;
    private final SplittableRandom random;
    private final TcpHeader header = new TcpHeader();
    private boolean stopped;
    private boolean started;
    private long next;
    private long now;

    FloodLink(
            final LinkCapabilities capabilities,
            final Endpoint target,
            final int synsPerSecond,
            final SplittableRandom random) {
        this.capabilities = capabilities;
        this.target = target;
        this.intervalNanos = (long) (NANOS / synsPerSecond);
        this.random = random;
    }

    /** Ends the flood. */
    void stop() {
        stopped = true;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) {
        if (stopped || !started || next - now > 0) {
            return null;
        }
        next += intervalNanos;
        final PacketBuffer packet = pool.packet(LENGTH, 0);
        final int at = packet.append(LENGTH);
        final ByteBuffer bytes = packet.memory().bytes();
        final int from = NETWORK + random.nextInt(HOSTS);
        Ipv4Header.write(
                bytes,
                at,
                0,
                LENGTH,
                0,
                0,
                HOP_LIMIT,
                IpProtocol.TCP,
                from,
                target.address().ipv4Bits());
        header.wrap(bytes, at + Ipv4Header.LENGTH)
                .write(
                        random.nextInt(1_024, 65_536),
                        target.port(),
                        random.nextInt(),
                        0,
                        TcpHeader.MIN_LENGTH,
                        TcpHeader.SYN,
                        0xFFFF,
                        0);
        packet.checksumTrusted(true);
        return packet;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) {
        return true;
    }

    @Override
    public long nextEvent() {
        return stopped || !started ? SimulatedNetwork.NEVER : next;
    }

    @Override
    public void advance(final long nowNanos) {
        if (!started) {
            started = true;
            next = nowNanos;
        }
        now = nowNanos;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
