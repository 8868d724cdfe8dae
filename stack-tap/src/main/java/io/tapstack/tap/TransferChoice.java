package io.tapstack.tap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how the frames of a TAP pass, and falls back to system calls where io_uring is refused. */
final class TransferChoice {

    private static final Logger LOG = LoggerFactory.getLogger(TransferChoice.class);

    /**
     * How a TAP is used.
     *
     * @param io {@link TapIo#URING} or {@link TapIo#SYSCALLS}
     */
    record Ways(FrameTransfer transfer, Readiness readiness, TapIo io) {}

    private final TapIo wanted;
    private final IoUring.Setup setup;
    private boolean refused;

    TransferChoice(final TapIo wanted, final IoUring.Setup setup) {
        this.wanted = wanted;
        this.setup = setup;
    }

    /** The ways of one queue. */
    Ways open(final TunFile file, final int wakeupFd, final int mtu) {
        final int headerBytes = file.hasHeaders() ? VirtioNetHeader.BYTES : 0;
        final FrameReader reader = new FrameReader(file.fd(), headerBytes, mtu);
        final FrameWriter writer = new FrameWriter(file.fd(), headerBytes);
        final TapReadiness poll = new TapReadiness(file.fd(), wakeupFd);
        if (wanted != TapIo.SYSCALLS && !refused) {
            try {
                final WaitRing wait = new WaitRing(setup, file, wakeupFd, headerBytes, mtu, poll);
                return new Ways(
                        UringTransfer.open(setup, file, headerBytes, mtu, reader, writer, wait), wait, TapIo.URING);
            } catch (final RingRefusedException refusal) {
                refused = true;
                LOG.info("TAP {}: frames pass by system calls, not io_uring ({})", file.name(), refusal.getMessage());
            }
        }
        return new Ways(new SyscallTransfer(reader, writer), poll, TapIo.SYSCALLS);
    }
}
