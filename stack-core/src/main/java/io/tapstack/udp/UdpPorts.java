package io.tapstack.udp;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.BoundAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The bound endpoints by their local port, to find the receiver of a datagram and free ports. A hash table whose chains
 * run through the endpoints themselves, so that a look-up allocates nothing.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class UdpPorts {

    /** First port for endpoints that do not ask for one; Linux's {@code ip_local_port_range} starts here too. */
    static final int FIRST_EPHEMERAL = 32_768;

    static final int LAST_EPHEMERAL = 60_999;

    private static final int BUCKETS = 256;

    private final @Nullable UdpEndpoint[] buckets = new UdpEndpoint[BUCKETS];
    private final RandomGenerator random;

    UdpPorts(final RandomGenerator random) {
        this.random = random;
    }

    void add(final UdpEndpoint endpoint) {
        final int bucket = endpoint.localPort() % BUCKETS;
        endpoint.nextInBucket = buckets[bucket];
        buckets[bucket] = endpoint;
    }

    void remove(final UdpEndpoint endpoint) {
        final int bucket = endpoint.localPort() % BUCKETS;
        UdpEndpoint previous = null;
        for (UdpEndpoint each = buckets[bucket]; each != null; each = each.nextInBucket) {
            if (each == endpoint) {
                if (previous == null) {
                    buckets[bucket] = each.nextInBucket;
                } else {
                    previous.nextInBucket = each.nextInBucket;
                }
                each.nextInBucket = null;
                return;
            }
            previous = each;
        }
    }

    /** The first endpoint of the bucket of {@code port}; its chain continues at {@link UdpEndpoint#nextInBucket}. */
    @Nullable
    UdpEndpoint first(final int port) {
        return buckets[port % BUCKETS];
    }

    /**
     * The endpoint that receives a datagram: a connected one before a bound one, one bound to the address before one
     * bound to any (RFC 1122 4.1.3.5 and custom since 4.2BSD), one of the family before one of both.
     */
    @Nullable
    UdpEndpoint bestMatch(
            final long localHigh,
            final long localLow,
            final int localPort,
            final long remoteHigh,
            final long remoteLow,
            final int remotePort) {
        UdpEndpoint best = null;
        int bestScore = -1;
        for (UdpEndpoint each = first(localPort); each != null; each = each.nextInBucket) {
            if (each.localPort() == localPort
                    && each.acceptsTo(localHigh, localLow)
                    && each.acceptsFrom(remoteHigh, remoteLow, remotePort)
                    && each.specificity() > bestScore) {
                best = each;
                bestScore = each.specificity();
            }
        }
        return best;
    }

    /**
     * True if no endpoint is bound to the port with an overlapping address, but for those that share it with
     * {@code wanting}.
     */
    boolean isFree(final BoundAddress address, final int port, final UdpEndpoint wanting) {
        for (UdpEndpoint each = first(port); each != null; each = each.nextInBucket) {
            final boolean overlaps =
                    each.localPort() == port && each.boundAddress().overlaps(address);
            final boolean shared =
                    each.options().reuseAddress() && wanting.options().reuseAddress()
                            || each.options().reusePort() && wanting.options().reusePort();
            if (overlaps && !shared) {
                return false;
            }
        }
        return true;
    }

    private boolean isUsed(final int port) {
        for (UdpEndpoint each = first(port); each != null; each = each.nextInBucket) {
            if (each.localPort() == port) {
                return true;
            }
        }
        return false;
    }

    /** RFC 6056 3.3.1: the first free port from a random one on. */
    int chooseEphemeral() throws SocketErrorException {
        final int count = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
        final int start = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            final int port = FIRST_EPHEMERAL + (start + i) % count;
            if (!isUsed(port)) {
                return port;
            }
        }
        throw new SocketErrorException(SocketError.EADDRINUSE, "no free port for UDP");
    }
}
