package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TAP of the Linux kernel: an Ethernet cable between this process and a network interface of the host.
 *
 * <p>With offloads, TCP super-segments of up to 64 KiB and packets with an unfinished checksum pass in both directions,
 * and the kernel cuts and sums those that leave the host. Without, every frame is at most the MTU and complete.
 *
 * <p>An interface that is set down acts as a full device: frames are refused until it is up again. A frame that the
 * kernel cannot read (of a mapped file that was cut short, or on a disk that fails; the bytes that {@code read(2)} gets
 * are sent) or does not accept is counted as {@link DropReason#LINK_ERROR} and as taken. When the interface is deleted,
 * calls fail with a {@link TapException}.
 *
 * <p>Any thread may call {@link #wakeup()} and {@link #close()}; all other calls but waiting are made by the holder of
 * the stack's lock.
 *
 * @see <a href="https://docs.kernel.org/networking/tuntap.html">Universal TUN/TAP device driver</a>
 */
public final class TapDevice implements LinkDevice {

    private static final Logger LOG = LoggerFactory.getLogger(TapDevice.class);

    private final String name;
    private final LinkCapabilities capabilities;
    private final FrameTransfer transfer;
    private final Readiness readiness;
    private final TapIo io;
    private final DescriptorGuard guard;
    private StackStatistics statistics = new StackStatistics();
    private boolean full;
    private boolean complained;
    private long now;

    private TapDevice(final TunFile file, final int wakeupFd, final int mtu, final TransferChoice.Ways ways) {
        final boolean offload = file.hasHeaders();
        this.name = file.name();
        this.capabilities =
                new LinkCapabilities(LinkType.ETHERNET, mtu, offload, offload, offload ? LinkCapabilities.MAX_MTU : 0);
        this.transfer = ways.transfer();
        this.readiness = ways.readiness();
        this.io = ways.io();
        this.guard = new DescriptorGuard(() -> {
            ways.readiness().close();
            ways.transfer().close();
            LibC.CALLS.close(file.fd());
            LibC.CALLS.close(wakeupFd);
        });
    }

    /** Loads the native library, which the first {@link #open} does otherwise, and reports. Any thread. */
    public static void prepare() {
        Architecture.load();
    }

    /**
     * Opens a TAP in the network namespace of the calling thread; from then on any thread may use it.
     *
     * @throws TapException if that is not possible; its message says what helps
     */
    public static TapDevice open(final TapConfig config) throws TapException {
        return openQueues(config, 1).get(0);
    }

    /**
     * Opens a TAP with several queues ({@code IFF_MULTI_QUEUE}), each a device of its own. The host receives the frames
     * of all queues; it sends each frame to one of them, and keeps to a queue for a connection in use (see
     * {@link io.tapstack.link.SteeredLink}). The interface is deleted with the last queue, unless it is persistent.
     *
     * <p>An old kernel, or a persistent TAP that was made with one queue, may have fewer.
     *
     * @param count queues to open, at least 1
     * @return at least one, at most {@code count}
     * @throws TapException if there cannot be any; its message says what helps
     */
    public static List<TapDevice> openQueues(final TapConfig config, final int count) throws TapException {
        return openQueues(config, count, IoUring.Setup.KERNEL);
    }

    static List<TapDevice> openQueues(final TapConfig config, final int count, final IoUring.Setup setup)
            throws TapException {
        Architecture.requireSupport();
        final List<TunFile> files = TunQueues.attach(config, count);
        final List<TapDevice> devices = new ArrayList<>(files.size());
        try {
            final int mtu = HostSide.setUp(files.get(0).name(), config);
            final TransferChoice choice = new TransferChoice(config.io(), setup);
            for (final TunFile file : files) {
                final int wakeupFd = LibC.CALLS.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
                if (wakeupFd < 0) {
                    throw new TapException("no eventfd for " + file.name(), LibC.describe(LibC.errno()));
                }
                devices.add(new TapDevice(file, wakeupFd, mtu, choice.open(file, wakeupFd, mtu)));
            }
            LOG.info(
                    "TAP {} is open, MTU {}, offloads {}, queues {}, frames by {}",
                    files.get(0).name(),
                    mtu,
                    files.get(0).hasHeaders() ? "on" : "off",
                    devices.size(),
                    devices.get(0).io() == TapIo.URING ? "io_uring" : "system calls");
            if (devices.size() < count) {
                LOG.warn("TAP {} cannot have {} queues here", files.get(0).name(), count);
            }
            return List.copyOf(devices);
        } catch (final TapException | RuntimeException failed) {
            devices.forEach(TapDevice::close);
            files.subList(devices.size(), files.size()).forEach(TunFile::close);
            throw failed;
        }
    }

    /** The interface's name on the host. */
    public String name() {
        return name;
    }

    /** The way in which frames pass: {@link TapIo#URING} or {@link TapIo#SYSCALLS}. */
    public TapIo io() {
        return io;
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public void reportTo(final StackStatistics statistics) {
        this.statistics = statistics;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws TapException {
        enter();
        try {
            final PacketBuffer frame = transfer.read(pool);
            if (frame == null && transfer.errno() != LibC.EAGAIN) {
                throw TapDiagnosis.gone(name, transfer.errno());
            }
            return frame;
        } finally {
            guard.leave();
        }
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws TapException {
        enter();
        try {
            final int error = transfer.write(frame);
            full = error != FrameTransfer.TAKEN && isRefused(error);
            return !full;
        } finally {
            guard.leave();
        }
    }

    @Override
    public void flush() throws TapException {
        if (!transfer.isUnflushed()) {
            return;
        }
        enter();
        try {
            final int error = transfer.flush();
            full = error != FrameTransfer.TAKEN && isRefused(error);
            for (int lost = transfer.takeLost(); lost > 0; lost--) {
                isRefused(LibC.EINVAL);
            }
        } finally {
            guard.leave();
        }
    }

    private boolean isRefused(final int error) throws TapException {
        if (error == LibC.EAGAIN || error == LibC.ENOBUFS || error == LibC.ENOMEM || error == LibC.EIO) {
            return true;
        }
        if (error == LibC.EFAULT || error == LibC.EINVAL) {
            statistics.drop(DropReason.LINK_ERROR);
            if (error == LibC.EINVAL && !complained) {
                // To a sender this looks like a loss in the network, which it repairs again and again.
                complained = true;
                LOG.warn("TAP {} does not accept a frame: {}", name, LibC.describe(error));
            }
            return false;
        }
        throw TapDiagnosis.gone(name, error);
    }

    /** The present if a poll has left frames that the kernel has handed over: no event announces them. */
    @Override
    public long nextEvent() {
        return transfer.hasFrames() ? now : Long.MAX_VALUE;
    }

    @Override
    public void advance(final long nowNanos) {
        now = nowNanos;
    }

    @Override
    public void await(final long timeoutNanos) throws TapException {
        enter();
        try {
            if (readiness.await(full, transfer.hasFrames() ? 0 : timeoutNanos)) {
                full = false;
            }
            if (guard.isLocked()) {
                readiness.retire();
            }
        } finally {
            guard.leave();
        }
    }

    @Override
    public boolean isReady() throws TapException {
        enter();
        try {
            final int events = readiness.look(full);
            if (Readiness.isRoom(events)) {
                full = false;
            }
            return events != 0 || transfer.hasFrames();
        } finally {
            guard.leave();
        }
    }

    @Override
    public void wakeup() {
        if (guard.enter()) {
            readiness.wakeup();
            guard.leave();
        }
    }

    /** Ends the current {@link #await}. The interface is deleted with the device unless it is persistent. */
    @Override
    public void close() {
        if (guard.enter()) {
            guard.lock();
            // Another thread may be the last to leave, and cannot end what this thread has posted.
            readiness.retire();
            readiness.wakeup();
            guard.leave();
        }
    }

    private void enter() throws TapException {
        if (!guard.enter()) {
            throw TapDiagnosis.closed(name);
        }
    }

    @Override
    public String toString() {
        return "TAP " + name;
    }
}
