package io.tapstack.tap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how the frames of a TAP pass, and falls back to system calls where io_uring is refused. */
final class TransferChoice {

    private static final Logger LOG = LoggerFactory.getLogger(TransferChoice.class);

    private final TapIo wanted;
    private final IoUring.Setup setup;
    private boolean refused;

    TransferChoice(final TapIo wanted, final IoUring.Setup setup) {
        this.wanted = wanted;
        this.setup = setup;
    }

    /** The transfer of one queue. */
    FrameTransfer open(final TunFile file, final int mtu) {
        final int headerBytes = file.hasHeaders() ? VirtioNetHeader.BYTES : 0;
        final FrameReader reader = new FrameReader(file.fd(), headerBytes, mtu);
        final FrameWriter writer = new FrameWriter(file.fd(), headerBytes);
        if (isRingWanted(file) && !refused) {
            try {
                return UringTransfer.open(setup, file, headerBytes, mtu, reader, writer);
            } catch (final RingRefusedException refusal) {
                refused = true;
                LOG.info("TAP {}: frames pass by system calls, not io_uring ({})", file.name(), refusal.getMessage());
            }
        }
        return new SyscallTransfer(reader, writer);
    }

    /** A super-segment needs one call anyway, and its payload must not be copied. */
    private boolean isRingWanted(final TunFile file) {
        return wanted == TapIo.URING || wanted == TapIo.AUTO && !file.hasHeaders();
    }
}
