package io.tapstack.tap;

import io.tapstack.wire.IpAddress;

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

    private static final long SIOCETHTOOL = 0x8946;

    // <linux/ethtool.h>
    private static final int ETHTOOL_GLINK = 0x0A;

    // <linux/if.h>
    private static final int IFF_UP = 0x1;

    private final int socket;
    private final InterfaceRequest request;

    /** @throws TapException if the process has no file descriptors left */
    HostInterface(final String name) throws TapException {
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

    private int call(final long command) {
        return LibC.CALLS.ioctl(socket, command, request.location()) < 0 ? LibC.errno() : 0;
    }
}
