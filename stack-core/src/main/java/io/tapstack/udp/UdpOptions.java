package io.tapstack.udp;

import io.tapstack.ip.PathMtuPolicy;

/**
 * The options of a {@link UdpEndpoint} of {@code socket(7)} and {@code ip(7)} that say how its datagrams are sent, and
 * how its port is shared. Used with the stack's lock held.
 */
public final class UdpOptions {

    private boolean broadcastAllowed;
    private boolean ipv6Only;
    private boolean dontFragment;
    private boolean reuseAddress;
    private boolean reusePort;
    private PathMtuPolicy pathMtuPolicy = PathMtuPolicy.WANT;
    private int trafficClass;
    private int timeToLive = 64;

    UdpOptions() {
        // The defaults.
    }

    /** {@code SO_BROADCAST}. */
    public void broadcastAllowed(final boolean allowed) {
        this.broadcastAllowed = allowed;
    }

    public boolean broadcastAllowed() {
        return broadcastAllowed;
    }

    /** {@code IPV6_V6ONLY}: an endpoint at :: takes no IPv4; read when it is bound. */
    public void ipv6Only(final boolean only) {
        this.ipv6Only = only;
    }

    public boolean ipv6Only() {
        return ipv6Only;
    }

    /** {@code IPV6_DONTFRAG}: a datagram larger than the path MTU is refused, whatever the policy. */
    public void dontFragment(final boolean on) {
        this.dontFragment = on;
    }

    public boolean dontFragment() {
        return dontFragment;
    }

    /** {@code SO_REUSEADDR}: several sockets may bind to one port if all of them set it. */
    public void reuseAddress(final boolean reuse) {
        this.reuseAddress = reuse;
    }

    public boolean reuseAddress() {
        return reuseAddress;
    }

    /** {@code SO_REUSEPORT}: the same, counted apart from {@code SO_REUSEADDR}. */
    public void reusePort(final boolean reuse) {
        this.reusePort = reuse;
    }

    public boolean reusePort() {
        return reusePort;
    }

    /**
     * {@code IP_MTU_DISCOVER}: whether datagrams may be fragmented; a refused one is EMSGSIZE. As on Linux,
     * {@code WANT} by default.
     */
    public void pathMtuPolicy(final PathMtuPolicy policy) {
        this.pathMtuPolicy = policy;
    }

    public PathMtuPolicy pathMtuPolicy() {
        return pathMtuPolicy;
    }

    /** The policy of a datagram, with {@link #dontFragment()}. */
    PathMtuPolicy sendingPolicy() {
        return dontFragment && pathMtuPolicy.usesPathMtu() ? PathMtuPolicy.DO : pathMtuPolicy;
    }

    /** {@code IP_TOS}: DSCP and ECN bits of sent datagrams. */
    public void trafficClass(final int bits) {
        this.trafficClass = bits & 0xFF;
    }

    public int trafficClass() {
        return trafficClass;
    }

    /**
     * {@code IP_TTL}.
     *
     * @param hops 1 to 255
     */
    public void timeToLive(final int hops) {
        if (hops < 1 || hops > 255) {
            throw new IllegalArgumentException("time to live " + hops + " is not between 1 and 255");
        }
        this.timeToLive = hops;
    }

    public int timeToLive() {
        return timeToLive;
    }
}
