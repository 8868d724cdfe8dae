package io.tapstack.tap;

import io.tapstack.wire.IpAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Gives the host's end of a TAP the address, MTU and state of a {@link TapConfig}. It changes only what differs, so
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
            if (config.hostAddress().isPresent()) {
                setAddress(host, name, config.hostAddress().get());
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

    private static void setAddress(final HostInterface host, final String name, final HostAddress wanted)
            throws TapException {
        final String holder = holderOf(wanted.address());
        if (holder != null && !holder.equals(name)) {
            throw TapDiagnosis.addressInUse(wanted, holder);
        }
        if (host.address().equals(wanted.address()) && host.mask().equals(wanted.mask())) {
            return;
        }
        final int error = host.address(wanted);
        if (error != 0) {
            throw TapDiagnosis.cannotSetAddress(name, wanted, error);
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
