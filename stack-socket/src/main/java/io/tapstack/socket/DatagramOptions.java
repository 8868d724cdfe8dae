package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.udp.UdpEndpoint;

/**
 * The int-valued options of one {@link DatagramSocket}: {@code socket(7)}, {@code ip(7)}, {@code udp(7)}. Used with the
 * stack's lock held.
 */
final class DatagramOptions {

    private static final int UNKNOWN = -SocketError.ENOPROTOOPT.errno();
    private static final int DEFAULT_TTL = 64;
    private static final int DEFAULT_SEND_BUFFER = 212_992;
    private static final int MIN_RECEIVE_BUFFER = 2_304; // Linux's SOCK_MIN_RCVBUF
    private static final int MIN_SEND_BUFFER = 4_608; // Linux's SOCK_MIN_SNDBUF
    private static final int MAX_BUFFER = 64 << 20;

    private final UdpEndpoint endpoint;
    private final AddressFamily family;
    private final InertOptions inert = new InertOptions();
    private final StampOptions stamps = new StampOptions();
    private int sendBufferBytes = DEFAULT_SEND_BUFFER;

    /** IP_RECVTOS. */
    boolean tellTrafficClass;

    /** IP_RECVTTL. */
    boolean tellTimeToLive;

    /** IP_PKTINFO. */
    boolean tellDestination;

    /** SO_ZEROCOPY. */
    boolean zeroCopy;

    /** IPV6_RECVTCLASS. */
    boolean tellIpv6TrafficClass;

    /** IPV6_RECVHOPLIMIT. */
    boolean tellHopLimit;

    /** IPV6_RECVPKTINFO. */
    boolean tellIpv6Destination;

    DatagramOptions(final UdpEndpoint endpoint, final AddressFamily family) {
        this.endpoint = endpoint;
        this.family = family;
    }

    StampOptions stamps() {
        return stamps;
    }

    int set(final int level, final int name, final int value) {
        if (StampOptions.isOne(level, name)) {
            return stamps.set(name, value);
        }
        return switch (level) {
            case SocketOptions.SOL_SOCKET -> setSocketLevel(name, value);
            case SocketOptions.IPPROTO_IP -> setIpLevel(name, value);
            case SocketOptions.IPPROTO_IPV6 -> family == AddressFamily.IPV6 ? setIpv6Level(name, value) : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    int get(final int level, final int name) {
        if (StampOptions.isOne(level, name)) {
            return stamps.get(name);
        }
        return switch (level) {
            case SocketOptions.SOL_SOCKET -> getSocketLevel(name);
            case SocketOptions.IPPROTO_IP -> getIpLevel(name);
            case SocketOptions.IPPROTO_IPV6 ->
                family == AddressFamily.IPV6 ? getIpv6Level(name) : -SocketError.EOPNOTSUPP.errno();
            default -> -SocketError.EOPNOTSUPP.errno(); // as on Linux for other levels than the socket's
        };
    }

    /** The poll(2) events of an error, or of the error queue. */
    int errorEvents() {
        return PollEvents.POLLERR | (inert.get(SocketOptions.SO_SELECT_ERR_QUEUE) == 1 ? PollEvents.POLLPRI : 0);
    }

    private int setSocketLevel(final int name, final int value) {
        switch (name) {
            case SocketOptions.SO_REUSEADDR -> endpoint.options().reuseAddress(value != 0);
            case SocketOptions.SO_REUSEPORT -> endpoint.options().reusePort(value != 0);
            case SocketOptions.SO_BROADCAST -> endpoint.options().broadcastAllowed(value != 0);
            case SocketOptions.SO_RCVBUF -> endpoint.receiveLimitBytes(buffer(value, MIN_RECEIVE_BUFFER));
            case SocketOptions.SO_SNDBUF -> sendBufferBytes = buffer(value, MIN_SEND_BUFFER);
            case SocketOptions.SO_ZEROCOPY -> {
                if (value < 0 || value > 1) {
                    return -SocketError.EINVAL.errno();
                }
                zeroCopy = value != 0;
            }
            default -> {
                return inert.set(name, value);
            }
        }
        return 0;
    }

    private int getSocketLevel(final int name) {
        return switch (name) {
            case SocketOptions.SO_REUSEADDR -> endpoint.options().reuseAddress() ? 1 : 0;
            case SocketOptions.SO_REUSEPORT -> endpoint.options().reusePort() ? 1 : 0;
            case SocketOptions.SO_BROADCAST -> endpoint.options().broadcastAllowed() ? 1 : 0;
            case SocketOptions.SO_TYPE -> SocketOptions.SOCK_DGRAM;
            case SocketOptions.SO_DOMAIN -> family.number();
            case SocketOptions.SO_PROTOCOL -> SocketOptions.IPPROTO_UDP;
            case SocketOptions.SO_ACCEPTCONN -> 0;
            case SocketOptions.SO_RCVBUF -> endpoint.receiveLimitBytes();
            case SocketOptions.SO_SNDBUF -> sendBufferBytes;
            case SocketOptions.SO_ZEROCOPY -> zeroCopy ? 1 : 0;
            case SocketOptions.SO_ERROR -> {
                final SocketError error = endpoint.errors().take();
                yield error == null ? 0 : error.errno();
            }
            default -> inert.get(name);
        };
    }

    private int setIpLevel(final int name, final int value) {
        switch (name) {
            case SocketOptions.IP_TOS -> endpoint.options().trafficClass(value);
            case SocketOptions.IP_RECVERR -> endpoint.reportErrors(value != 0);
            case SocketOptions.IP_RECVTOS -> tellTrafficClass = value != 0;
            case SocketOptions.IP_RECVTTL -> tellTimeToLive = value != 0;
            case SocketOptions.IP_PKTINFO -> tellDestination = value != 0;
            case SocketOptions.IP_MTU_DISCOVER -> {
                final PathMtuPolicy policy = PathMtuPolicy.of(value);
                if (policy == null) {
                    return -SocketError.EINVAL.errno();
                }
                endpoint.options().pathMtuPolicy(policy);
            }
            case SocketOptions.IP_TTL -> {
                if (value != -1 && (value < 1 || value > 255)) {
                    return -SocketError.EINVAL.errno();
                }
                endpoint.options().timeToLive(value == -1 ? DEFAULT_TTL : value);
            }
            default -> {
                return UNKNOWN;
            }
        }
        return 0;
    }

    private int getIpLevel(final int name) {
        return switch (name) {
            case SocketOptions.IP_TOS -> endpoint.options().trafficClass();
            case SocketOptions.IP_TTL -> endpoint.options().timeToLive();
            case SocketOptions.IP_RECVERR -> endpoint.reportsErrors() ? 1 : 0;
            case SocketOptions.IP_RECVTOS -> tellTrafficClass ? 1 : 0;
            case SocketOptions.IP_RECVTTL -> tellTimeToLive ? 1 : 0;
            case SocketOptions.IP_PKTINFO -> tellDestination ? 1 : 0;
            case SocketOptions.IP_MTU_DISCOVER ->
                endpoint.options().pathMtuPolicy().ordinal();
            case SocketOptions.IP_MTU -> endpoint.remote() == null ? -SocketError.ENOTCONN.errno() : endpoint.pathMtu();
            default -> UNKNOWN;
        };
    }

    private int setIpv6Level(final int name, final int value) {
        switch (name) {
            case SocketOptions.IPV6_V6ONLY -> {
                if (endpoint.local().port() != 0) {
                    return -SocketError.EINVAL.errno();
                }
                endpoint.options().ipv6Only(value != 0);
            }
            case SocketOptions.IPV6_RECVTCLASS -> tellIpv6TrafficClass = value != 0;
            case SocketOptions.IPV6_RECVHOPLIMIT -> tellHopLimit = value != 0;
            case SocketOptions.IPV6_RECVPKTINFO -> tellIpv6Destination = value != 0;
            case SocketOptions.IPV6_DONTFRAG -> endpoint.options().dontFragment(value != 0);
            default -> {
                if (!Ipv6Options.isIn(name, value)) {
                    return -SocketError.EINVAL.errno();
                }
                final int twin = Ipv6Options.twin(name);
                return twin == Ipv6Options.NONE ? UNKNOWN : setIpLevel(twin, Ipv6Options.value(name, value));
            }
        }
        return 0;
    }

    private int getIpv6Level(final int name) {
        return switch (name) {
            case SocketOptions.IPV6_V6ONLY -> endpoint.options().ipv6Only() ? 1 : 0;
            case SocketOptions.IPV6_RECVTCLASS -> tellIpv6TrafficClass ? 1 : 0;
            case SocketOptions.IPV6_RECVHOPLIMIT -> tellHopLimit ? 1 : 0;
            case SocketOptions.IPV6_RECVPKTINFO -> tellIpv6Destination ? 1 : 0;
            case SocketOptions.IPV6_DONTFRAG -> endpoint.options().dontFragment() ? 1 : 0;
            default -> {
                final int twin = Ipv6Options.twin(name);
                yield twin == Ipv6Options.NONE ? UNKNOWN : getIpLevel(twin);
            }
        };
    }

    /** socket(7): twice the requested value, limited to the range and never refused. */
    private static int buffer(final int bytes, final int least) {
        return Math.max(least, 2 * (bytes < 0 ? MAX_BUFFER : Math.min(bytes, MAX_BUFFER)));
    }
}
