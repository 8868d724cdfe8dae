package io.tapstack.tap;

import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Gives the host's end of a TAP the addresses, MTU and state of a {@link TapConfig}. It changes only what differs, so
 * that a user without privileges can open a TAP that root has prepared.
 */
final class HostSide {

    private HostSide() {}

    /**
     * Changes what differs from {@code config}.
     *
     * @return the interface's MTU in bytes
     */
    static int setUp(final String name, final TapConfig config) throws TapException {
        try (HostInterface host = new HostInterface(name)) {
            if (config.mtu().isPresent()) {
                setMtu(host, name, config.mtu().getAsInt());
            }
            int ipv4Addresses = 0;
            for (final HostAddress wanted : config.hostAddresses()) {
                if (wanted.address().isIpv4()) {
                    setAddress(host, name, wanted, ipv4Addresses++);
                } else {
                    addIpv6Address(host, name, wanted);
                }
            }
            if (config.up() && !host.isUp()) {
                final int error = host.bringUp();
                if (error != 0) {
                    throw TapDiagnosis.cannotBringUp(name, error);
                }
            }
            return host.mtu();
        }
    }

    private static void setMtu(final HostInterface host, final String name, final int mtu) throws TapException {
        if (host.mtu() == mtu) {
            return;
        }
        final int error = host.mtu(mtu);
        if (error != 0) {
            throw TapDiagnosis.cannotSetMtu(name, mtu, error);
        }
    }

    /** @param number 0 for the first IPv4 address, which replaces the interface's; others are added to it */
    private static void setAddress(
            final HostInterface host, final String name, final HostAddress wanted, final int number)
            throws TapException {
        final String holder = holderOf(wanted.address());
        if (holder != null && !holder.equals(name)) {
            throw TapDiagnosis.addressInUse(wanted, holder);
        }
        final boolean isThere = number == 0
                ? host.address().equals(wanted.address()) && host.mask().equals(wanted.mask())
                : holder != null;
        if (isThere) {
            return;
        }
        final int error = number == 0 ? host.address(wanted) : host.addAddress(wanted, number);
        if (error != 0) {
            throw TapDiagnosis.cannotSetAddress(name, wanted, error);
        }
    }

    private static void addIpv6Address(final HostInterface host, final String name, final HostAddress wanted)
            throws TapException {
        final String holder = holderOf(wanted.address());
        if (name.equals(holder)) {
            return;
        }
        if (holder != null) {
            throw TapDiagnosis.addressInUse(wanted, holder);
        }
        // A machine may have IPv6 off on new interfaces; and the host's address is to be there at once: nothing but
        // this process is at the other end, so looking for a duplicate (RFC 4862 5.4) would only delay its use.
        set(name, "disable_ipv6", "0");
        set(name, "accept_dad", "0");
        final int error = host.addIpv6Address(wanted);
        if (error != 0) {
            throw TapDiagnosis.cannotSetAddress(name, wanted, error);
        }
    }

    /** Sets a variable of sysctl(8) of the interface, if this process may. */
    private static void set(final String name, final String variable, final String value) {
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", name, variable), value);
        } catch (final IOException withoutIt) {
            // The call that follows says what is wrong.
        }
    }

    /** The interface of this host that has the address; the kernel itself would allow two. */
    private static @Nullable String holderOf(final IpAddress address) {
        try {
            final NetworkInterface holder =
                    NetworkInterface.getByInetAddress(InetAddress.getByAddress(address.toBytes()));
            return holder == null ? null : holder.getName();
        } catch (final SocketException | UnknownHostException unknown) {
            return null;
        }
    }
}
