package io.tapstack.tap;

import java.nio.file.Files;
import java.nio.file.Path;

/** Turns error numbers of the calls that open and set up a TAP into a line with the problem and the remedy. */
final class TapDiagnosis {

    private static final String USER = System.getProperty("user.name");

    private TapDiagnosis() {}

    static TapException unsupportedMachine() {
        return new TapException(
                "TAP devices work on 64-bit Linux on x86, ARM, RISC-V and LoongArch, and this is "
                        + System.getProperty("os.name") + " on " + System.getProperty("os.arch"),
                "use a simulated link here");
    }

    static TapException noNativeCalls(final LinkageError error) {
        return new TapException(
                "native calls do not work here (" + error.getMessage() + ")",
                "if the directory for temporary files is mounted noexec, name another one with -Djava.io.tmpdir=DIR");
    }

    static TapException badName(final String name) {
        return new TapException(
                "'" + name + "' cannot be the name of a TAP",
                "take 1 to 15 ASCII characters without space, '/' or ':', such as tap0");
    }

    static TapException cannotOpen(final int errno) {
        if (errno == LibC.ENOENT && !Files.exists(Path.of(IfTun.DEVICE))) {
            return new TapException(
                    "there is no " + IfTun.DEVICE,
                    "as root: modprobe tun; in a container: mkdir -p /dev/net && mknod /dev/net/tun c 10 200, "
                            + "or start it with --device /dev/net/tun");
        }
        if (errno == LibC.ENODEV || errno == LibC.ENXIO) {
            return new TapException("the kernel has no TAP driver for " + IfTun.DEVICE, "as root: modprobe tun");
        }
        if (errno == LibC.EACCES || errno == LibC.EPERM) {
            return new TapException(
                    "no permission to open " + IfTun.DEVICE, "run as root, or as root: chmod 666 " + IfTun.DEVICE);
        }
        return new TapException("cannot open " + IfTun.DEVICE, LibC.describe(errno));
    }

    static TapException cannotAttach(final String name, final int errno, final boolean exists) {
        if (errno == LibC.EPERM && exists) {
            return new TapException(
                    "TAP " + name + " belongs to another user",
                    "as root: ip link delete " + name + " && ip tuntap add " + name + " mode tap user " + USER);
        }
        if (errno == LibC.EPERM) {
            return new TapException("no permission (CAP_NET_ADMIN) to make TAP " + name, privilege(name));
        }
        if (errno == LibC.EBUSY) {
            return new TapException(
                    "TAP " + name + " is in use by another process", "end that one, or take another name with --tap");
        }
        if (errno == LibC.EINVAL && exists) {
            return new TapException(
                    "the name " + name
                            + " is taken by an interface that is not a plain TAP, or by one with several queues that is in use",
                    "take another name with --tap");
        }
        return errno == LibC.EINVAL ? badName(name) : new TapException("cannot make TAP " + name, LibC.describe(errno));
    }

    static TapException cannotKeep(final String name, final int errno) {
        return new TapException("cannot make TAP " + name + " persistent or owned", LibC.describe(errno));
    }

    static TapException addressInUse(final HostAddress address, final String other) {
        return new TapException(
                "address " + address.address() + " is in use on " + other,
                "take another network with --host-address and --address");
    }

    static TapException cannotSetAddress(final String name, final HostAddress address, final int errno) {
        return errno == LibC.EPERM
                ? new TapException(
                        "no permission to give TAP " + name + " the address " + address,
                        "as root: ip address add " + address + " dev " + name)
                : new TapException("TAP " + name + " cannot have the address " + address, LibC.describe(errno));
    }

    static TapException cannotSetMtu(final String name, final int mtu, final int errno) {
        return errno == LibC.EPERM
                ? new TapException(
                        "no permission to give TAP " + name + " an MTU of " + mtu,
                        "as root: ip link set " + name + " mtu " + mtu)
                : new TapException("TAP " + name + " cannot have an MTU of " + mtu, "take 68 to 65521 bytes");
    }

    static TapException cannotBringUp(final String name, final int errno) {
        return errno == LibC.EPERM
                ? new TapException("no permission to bring TAP " + name + " up", "as root: ip link set " + name + " up")
                : new TapException("cannot bring TAP " + name + " up", LibC.describe(errno));
    }

    static TapException gone(final String name, final int errno) {
        return new TapException("TAP " + name + " is gone", "its interface was deleted: " + LibC.describe(errno));
    }

    static TapException closed(final String name) {
        return new TapException("TAP " + name + " is closed", "");
    }

    private static String privilege(final String name) {
        final String advice = "run as root, or let root make a TAP for you: ip tuntap add " + name + " mode tap user "
                + USER + " && ip link set " + name + " up";
        return UserNamespaces.obstacle()
                .map(obstacle -> advice + " (a private network is no way out: " + obstacle + ")")
                .orElse(advice + ", or try it in a private network with --private");
    }
}
