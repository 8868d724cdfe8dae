package io.tapstack.stack;

import io.tapstack.arp.ArpConfig;
import io.tapstack.buffer.BufferPool;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.QueueShare;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link NetworkStack}.
 *
 * @param address our address and the length of its subnet's prefix
 * @param mac our Ethernet address; unused on a link without Ethernet
 * @param gateway the next hop for other subnets, or null for none
 * @param tcpLimits the limits of what TCP keeps for peers
 * @param memoryLimitBytes see {@link BufferPool#limitBytes()}
 * @param random the source of every secret and every jitter: unpredictable, or seeded to repeat a run
 * @param share the part of this stack, if several share the address ({@link StackGroup}); null for all
 */
public record StackConfig(
        InterfaceAddress address,
        MacAddress mac,
        @Nullable IpAddress gateway,
        ArpConfig arp,
        IcmpRates icmpRates,
        TcpLimits tcpLimits,
        long memoryLimitBytes,
        RandomGenerator random,
        @Nullable QueueShare share) {

    // Locally administered, unicast (IEEE 802 8.2).
    private static final long LOCAL_MAC = 0x02_00_00_00_00_00L;

    /** A stack with unpredictable secrets, a random Ethernet address and default limits. */
    public static StackConfig of(final InterfaceAddress address) {
        return of(address, new SecureRandom());
    }

    /** The same, with all randomness from {@code random}. */
    public static StackConfig of(final InterfaceAddress address, final RandomGenerator random) {
        final MacAddress mac = MacAddress.of(LOCAL_MAC | random.nextLong() & 0xFF_FFFF_FFFFL);
        return new StackConfig(
                address,
                mac,
                null,
                ArpConfig.DEFAULT,
                IcmpRates.DEFAULT,
                TcpLimits.DEFAULT,
                BufferPool.DEFAULT_LIMIT_BYTES,
                random,
                null);
    }

    public StackConfig withGateway(final IpAddress newGateway) {
        return new StackConfig(address, mac, newGateway, arp, icmpRates, tcpLimits, memoryLimitBytes, random, share);
    }

    public StackConfig withMac(final MacAddress newMac) {
        return new StackConfig(address, newMac, gateway, arp, icmpRates, tcpLimits, memoryLimitBytes, random, share);
    }

    public StackConfig withArp(final ArpConfig newArp) {
        return new StackConfig(address, mac, gateway, newArp, icmpRates, tcpLimits, memoryLimitBytes, random, share);
    }

    public StackConfig withMemoryLimit(final long bytes) {
        return new StackConfig(address, mac, gateway, arp, icmpRates, tcpLimits, bytes, random, share);
    }

    public StackConfig withTcpLimits(final TcpLimits limits) {
        return new StackConfig(address, mac, gateway, arp, icmpRates, limits, memoryLimitBytes, random, share);
    }

    /** For one of several stacks, with a source of randomness of its own. */
    StackConfig forQueue(final QueueShare newShare, final RandomGenerator newRandom) {
        final long memory = Math.max(1, memoryLimitBytes / newShare.steering().queues());
        final ArpConfig newArp = newShare.isFirst() ? arp : arp.silent();
        return new StackConfig(address, mac, gateway, newArp, icmpRates, tcpLimits, memory, newRandom, newShare);
    }
}
