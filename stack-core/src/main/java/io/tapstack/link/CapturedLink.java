package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.PacketCapture.Direction;
import io.tapstack.time.Clock;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the frames that a device delivers and takes. A frame that a full device refuses is not captured, as it is
 * not on the wire yet; a super-segment is captured whole. If writing the capture fails, the capture ends with a line in
 * the log and the traffic continues.
 *
 * <p>Captured frames are flushed within a second, so that a file can be watched while it grows.
 */
public final class CapturedLink extends ForwardingLink {

    private static final Logger LOG = LoggerFactory.getLogger(CapturedLink.class);
    private static final long FLUSH_NANOS = 1_000_000_000L;

    private final PacketCapture capture;
    private final Clock clock;
    private final long epochOffsetNanos;
    private int interfaceNumber;
    private boolean capturing;
    private boolean unflushed;
    private long flushAt;

    /**
     * @param device closed with this one
     * @param capture closed with this one; several links can share it, if it allows that
     * @param name of the interface in the capture
     * @param clock that of the stack: a frame that an application sends between two polls gets its own time
     * @param epochOffsetNanos added to the clock's time to get nanoseconds since 1970
     */
    public CapturedLink(
            final LinkDevice device,
            final PacketCapture capture,
            final String name,
            final Clock clock,
            final long epochOffsetNanos) {
        super(device);
        this.capture = capture;
        this.clock = clock;
        this.epochOffsetNanos = epochOffsetNanos;
        this.capturing = true;
        try {
            this.interfaceNumber = capture.addInterface(device.capabilities().type(), name);
        } catch (final IOException e) {
            giveUp(e);
        }
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        final PacketBuffer frame = device.receive(pool);
        if (frame != null) {
            capture(frame, Direction.INBOUND);
        }
        return frame;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        final boolean taken = device.transmit(frame);
        if (taken) {
            capture(frame, Direction.OUTBOUND);
        }
        return taken;
    }

    private void capture(final PacketBuffer frame, final Direction direction) {
        if (!capturing) {
            return;
        }
        final long now = clock.nanoTime();
        try {
            capture.write(interfaceNumber, direction, now + epochOffsetNanos, frame);
        } catch (final IOException e) {
            giveUp(e);
            return;
        }
        if (!unflushed) {
            unflushed = true;
            flushAt = now + FLUSH_NANOS;
        }
    }

    @Override
    public long nextEvent() {
        final long next = device.nextEvent();
        return unflushed && (next == Long.MAX_VALUE || flushAt - next < 0) ? flushAt : next;
    }

    @Override
    public void advance(final long nowNanos) {
        device.advance(nowNanos);
        if (unflushed && nowNanos - flushAt >= 0) {
            unflushed = false;
            try {
                capture.flush();
            } catch (final IOException e) {
                giveUp(e);
            }
        }
    }

    /** Closes the device and the capture. */
    @Override
    public void close() {
        device.close();
        try {
            capture.close();
        } catch (final IOException e) {
            giveUp(e);
        }
        capturing = false;
    }

    private void giveUp(final IOException cause) {
        if (capturing) {
            LOG.warn("the capture of {} ends: {}", device, cause.toString());
        }
        capturing = false;
        unflushed = false;
    }

    @Override
    public String toString() {
        return "captured " + device;
    }
}
