package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.InternetChecksum;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The stack's side of a device: counts frames, computes the checksums that the device does not, and remembers a failure
 * of the device, so that no layer above handles an {@link IOException} in the middle of its work.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class LinkPort {

    private final LinkDevice device;
    private final LinkCapabilities capabilities;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private @Nullable IOException failure;

    public LinkPort(final LinkDevice device, final BufferPool pool, final StackStatistics statistics) {
        this.device = device;
        this.capabilities = device.capabilities();
        this.pool = pool;
        this.statistics = statistics;
    }

    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** The next received frame, owned by the caller; null if there is none now, or {@link #isDown()}. */
    public @Nullable PacketBuffer receive() {
        if (failure != null) {
            return null;
        }
        try {
            return device.receive(pool);
        } catch (final IOException e) {
            failure = e;
            return null;
        }
    }

    /**
     * Sends a frame, which stays the caller's.
     *
     * @return false if the device is full, or {@link #isDown()}
     */
    public boolean transmit(final PacketBuffer frame) {
        if (failure != null) {
            statistics.drop(DropReason.LINK_ERROR);
            return false;
        }
        if (frame.checksumWanted() && !capabilities.txChecksum()) {
            finishChecksum(frame);
        }
        try {
            if (!device.transmit(frame)) {
                return false;
            }
        } catch (final IOException e) {
            failure = e;
            statistics.drop(DropReason.LINK_ERROR);
            return false;
        }
        statistics.framesSent++;
        statistics.bytesSent += frame.length();
        return true;
    }

    /** Ends a batch of sent frames. */
    public void flush() {
        if (failure != null) {
            return;
        }
        try {
            device.flush();
        } catch (final IOException e) {
            failure = e;
        }
    }

    /** True once the device has failed; it never comes back. */
    public boolean isDown() {
        return failure != null;
    }

    /** The failure of the device, or null while it works. */
    public @Nullable IOException failure() {
        return failure;
    }

    /** Writes the transport checksum that {@code packet} asks for. */
    public static void finishChecksum(final PacketBuffer packet) {
        final int start = packet.checksumStart();
        final int checksum = InternetChecksum.finish(InternetChecksum.sum(packet, start));
        // All ones and zero are the same number, and to UDP zero would mean "no checksum" (RFC 768).
        packet.memory().bytes().putShort(start + packet.checksumOffset(), (short) (checksum == 0 ? 0xFFFF : checksum));
        packet.checksumDone();
    }
}
