package io.tapstack.tap;

import io.tapstack.wire.IpAddress;
import java.lang.ref.Reference;

/**
 * A network interface of the host, read and changed through the ioctls of netdevice(7) on a socket of the caller's
 * network namespace. A method that changes it returns 0 or the error number.
 *
 * <p>Confined to one thread.
 */
final class HostInterface implements AutoCloseable {

    // <linux/sockios.h>
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCGIFADDR = 0x8915;
    private static final long SIOCSIFADDR = 0x8916;
    private static final long SIOCGIFNETMASK = 0x891B;
    private static final long SIOCSIFNETMASK = 0x891C;
    private static final long SIOCGIFMTU = 0x8921;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCGIFINDEX = 0x8933;

    private static final long SIOCETHTOOL = 0x8946;

    // <linux/ethtool.h>
    private static final int ETHTOOL_GLINK = 0x0A;

    // <linux/if.h>
    private static final int IFF_UP = 0x1;

    /** {@code struct in6_ifreq} of {@code <linux/ipv6.h>}: the address, the length of its prefix, the interface. */
    private static final int IN6_IFREQ_BYTES = 24;

    private static final int IFR6_PREFIX_LENGTH_OFFSET = 16;
    private static final int IFR6_INDEX_OFFSET = 20;

    private final String name;
    private final int socket;
    private final InterfaceRequest request;

    /** @throws TapException if the process has no file descriptors left */
    HostInterface(final String name) throws TapException {
        this.name = name;
        this.socket = LibC.CALLS.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw new TapException("no socket to set up " + name + " with", LibC.describe(LibC.errno()));
        }
        this.request = new InterfaceRequest(name);
    }

    @Override
    public void close() {
        LibC.CALLS.close(socket);
    }

    boolean exists() {
        return call(SIOCGIFFLAGS) == 0;
    }

    /** The Ethernet address, or 0 if there is none. */
    long hardwareAddress() {
        return call(SIOCGIFHWADDR) == 0 ? request.hardwareAddress() : 0;
    }

    /** Largest IP packet in bytes. */
    int mtu() {
        return call(SIOCGIFMTU) == 0 ? request.mtu() : 0;
    }

    int mtu(final int bytes) {
        request.mtu(bytes);
        return call(SIOCSIFMTU);
    }

    boolean isUp() {
        return call(SIOCGIFFLAGS) == 0 && (request.flags() & IFF_UP) != 0;
    }

    /** True if it is up and has a peer: of a TAP, a process that has attached. */
    boolean hasCarrier() {
        // struct ethtool_value: the command, and the answer. Unlike IFF_RUNNING it is never late.
        final NativeStruct value = new NativeStruct(2 * Integer.BYTES);
        value.bytes.putInt(0, ETHTOOL_GLINK);
        request.pointer(value.address);
        return call(SIOCETHTOOL) == 0 && value.bytes.getInt(Integer.BYTES) != 0;
    }

    int bringUp() {
        final int error = call(SIOCGIFFLAGS);
        if (error != 0) {
            return error;
        }
        request.flags(request.flags() | IFF_UP);
        return call(SIOCSIFFLAGS);
    }

    /** The first IPv4 address, or 0.0.0.0 if there is none. */
    IpAddress address() {
        return call(SIOCGIFADDR) == 0 ? request.address() : IpAddress.ANY_IPV4;
    }

    /** The mask of the first IPv4 address, or 0.0.0.0 if there is none. */
    IpAddress mask() {
        return call(SIOCGIFNETMASK) == 0 ? request.address() : IpAddress.ANY_IPV4;
    }

    /** Sets the first IPv4 address and its network. */
    int address(final HostAddress address) {
        request.address(address.address());
        final int error = call(SIOCSIFADDR);
        if (error != 0) {
            return error;
        }
        request.address(address.mask());
        return call(SIOCSIFNETMASK);
    }

    /**
     * Adds an IPv4 address to those that the interface has: netdevice(7) gives it to an alias, named by a number.
     *
     * @param number of the alias, at least 1
     */
    int addAddress(final HostAddress address, final int number) throws TapException {
        try (HostInterface alias = new HostInterface(name + ":" + number)) {
            return alias.address(address);
        }
    }

    /** Adds an IPv6 address to those that the interface has; see ipv6(7). */
    int addIpv6Address(final HostAddress address) {
        final int error = call(SIOCGIFINDEX);
        if (error != 0) {
            return error;
        }
        final NativeStruct wanted = new NativeStruct(IN6_IFREQ_BYTES);
        wanted.bytes.put(0, address.address().toIpv6Bytes());
        wanted.bytes.putInt(IFR6_PREFIX_LENGTH_OFFSET, address.prefixLength());
        wanted.bytes.putInt(IFR6_INDEX_OFFSET, request.index());
        final int ipv6 = LibC.CALLS.socket(LibC.AF_INET6, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (ipv6 < 0) {
            return LibC.errno();
        }
        try {
            return LibC.CALLS.ioctl(ipv6, SIOCSIFADDR, wanted.address) < 0 ? LibC.errno() : 0;
        } finally {
            LibC.CALLS.close(ipv6);
            Reference.reachabilityFence(wanted.bytes);
        }
    }

    private int call(final long command) {
        return LibC.CALLS.ioctl(socket, command, request.location()) < 0 ? LibC.errno() : 0;
    }
}
