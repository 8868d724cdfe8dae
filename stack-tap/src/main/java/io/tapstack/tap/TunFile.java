package io.tapstack.tap;

import java.util.concurrent.locks.LockSupport;

/**
 * An open {@code /dev/net/tun} that is attached to an interface, as by tun_set_iff() of the kernel.
 *
 * @param fd the descriptor
 * @param name the interface's name, as chosen by the kernel if a pattern was asked for
 * @param hasHeaders true if a {@link VirtioNetHeader} precedes every frame
 */
record TunFile(int fd, String name, boolean hasHeaders) {

    /** The offloads for frames from the kernel, the most first; an older kernel refuses unknown ones. */
    private static final int[] RECEIVE_OFFLOADS = {
        IfTun.TUN_F_CSUM | IfTun.TUN_F_TSO4 | IfTun.TUN_F_TSO6 | IfTun.TUN_F_TSO_ECN,
        IfTun.TUN_F_CSUM | IfTun.TUN_F_TSO4,
        IfTun.TUN_F_CSUM,
        0
    };

    private static final long BUSY_PATIENCE_NANOS = 300_000_000L;
    private static final long BUSY_PAUSE_NANOS = 2_000_000L;

    /**
     * Attaches to an interface.
     *
     * @param name of the interface, or a pattern
     * @param flags of {@link IfTun}, besides those of every TAP
     */
    static TunFile attach(final String name, final TapConfig config, final int flags) throws TapException {
        final int fd = LibC.CALLS.open(IfTun.DEVICE, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0) {
            throw TapDiagnosis.cannotOpen(LibC.errno());
        }
        try {
            final boolean headers = config.offload() && knowsHeaders(fd);
            final InterfaceRequest request = new InterfaceRequest(name);
            request.flags(IfTun.IFF_TAP | IfTun.IFF_NO_PI | (headers ? IfTun.IFF_VNET_HDR : 0) | flags);
            final int error = setInterface(fd, request);
            if (error != 0) {
                throw TapDiagnosis.cannotAttach(name, error, exists(name));
            }
            final TunFile file = new TunFile(fd, request.name(), headers);
            if (headers) {
                file.setUpOffloads();
            }
            file.keep(config);
            return file;
        } catch (final TapException | RuntimeException failed) {
            LibC.CALLS.close(fd);
            throw failed;
        }
    }

    /**
     * Attaches, and waits a moment for an earlier user: the io_uring of a process that was killed lets its TAP go in
     * the background.
     *
     * @return 0 or the error number
     */
    private static int setInterface(final int fd, final InterfaceRequest request) {
        final long start = System.nanoTime();
        int error;
        do {
            error = LibC.CALLS.ioctl(fd, IfTun.TUNSETIFF, request.location()) < 0 ? LibC.errno() : 0;
            if (error == LibC.EBUSY) {
                LockSupport.parkNanos(BUSY_PAUSE_NANOS);
            }
        } while (error == LibC.EBUSY && System.nanoTime() - start < BUSY_PATIENCE_NANOS);
        return error;
    }

    /** @throws TapException if no interface can have this name */
    static void requireValidName(final String name) throws TapException {
        if (!isValidName(name)) {
            throw TapDiagnosis.badName(name);
        }
    }

    void close() {
        LibC.CALLS.close(fd);
    }

    /** The rules of the kernel's dev_valid_name(). */
    private static boolean isValidName(final String name) {
        return name.length() < InterfaceRequest.IFNAMSIZ
                && name.matches("[\\x21-\\x7E&&[^/:]]+")
                && !name.matches("\\.{1,2}");
    }

    private static boolean knowsHeaders(final int fd) {
        final NativeStruct features = new NativeStruct(Integer.BYTES);
        return LibC.CALLS.ioctl(fd, IfTun.TUNGETFEATURES, features.address) == 0
                && (features.bytes.getInt(0) & IfTun.IFF_VNET_HDR) != 0;
    }

    private static boolean exists(final String name) throws TapException {
        try (HostInterface host = new HostInterface(name)) {
            return host.exists();
        }
    }

    /** A persistent TAP keeps both from its last user, so both are set even where they are the kernel's default. */
    private void setUpOffloads() throws TapException {
        final NativeStruct headerBytes = new NativeStruct(Integer.BYTES);
        headerBytes.bytes.putInt(0, VirtioNetHeader.BYTES);
        if (LibC.CALLS.ioctl(fd, IfTun.TUNSETVNETHDRSZ, headerBytes.address) < 0) {
            throw TapDiagnosis.cannotAttach(name, LibC.errno(), true);
        }
        for (final int offloads : RECEIVE_OFFLOADS) {
            if (LibC.CALLS.ioctl(fd, IfTun.TUNSETOFFLOAD, offloads) == 0) {
                return;
            }
        }
    }

    private void keep(final TapConfig config) throws TapException {
        if (config.owner().isPresent()
                && LibC.CALLS.ioctl(fd, IfTun.TUNSETOWNER, config.owner().getAsInt()) < 0) {
            throw TapDiagnosis.cannotKeep(name, LibC.errno());
        }
        if (config.persistent() && LibC.CALLS.ioctl(fd, IfTun.TUNSETPERSIST, 1) < 0) {
            throw TapDiagnosis.cannotKeep(name, LibC.errno());
        }
    }
}
