package io.tapstack.tcp.segment;

import io.tapstack.tcp.TcpConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The window scale option (RFC 7323 2): a window field has 16 bits, shifted by the value that its sender announced in
 * its SYN. Windows in SYN segments are never scaled.
 */
public final class WindowScale {

    private static final Logger LOG = LoggerFactory.getLogger(WindowScale.class);

    /** RFC 7323 2.3: a larger shift is used as 14. */
    public static final int MAX_SHIFT = 14;

    /** The largest window without scaling, in bytes. */
    public static final int MAX_UNSCALED = 65_535;

    private static final int NOT_YET = -1;

    private int offered = NOT_YET;
    private int sendShift; // Snd.Wind.Shift: how the peer scales what it sends to us
    private int receiveShift; // Rcv.Wind.Shift: how we scale what we send

    /** Returns the smallest shift with which a window of {@code bufferBytes} can be announced. */
    static int shiftFor(final int bufferBytes) {
        int shift = 0;
        while (shift < MAX_SHIFT && bufferBytes >>> shift > MAX_UNSCALED) {
            shift++;
        }
        return shift;
    }

    /** Returns the shift of a first SYN. */
    public static int offered(final TcpConfig config) {
        return config.windowShift() >= 0 ? config.windowShift() : shiftFor(config.receiveBufferLimit());
    }

    /** Returns the shift of our SYNs: that of the first one, even if the buffer has changed since then. */
    public int offer(final TcpConfig config) {
        if (offered == NOT_YET) {
            offered = offered(config);
        }
        return offered;
    }

    /** Enables scaling: both SYNs carry the option, ours with {@code ourShift}. */
    public void agree(final int peerShift, final int ourShift) {
        if (peerShift > MAX_SHIFT) {
            // RFC 7323 2.3: MUST be used as 14, SHOULD be logged. Any host can send such a SYN, so the message is not
            // logged by default.
            LOG.debug("a peer wants its window shifted by {} bits: {} it is", peerShift, MAX_SHIFT);
        }
        sendShift = Math.min(peerShift, MAX_SHIFT);
        receiveShift = ourShift;
    }

    /** Returns SEG.WND in bytes, of a segment without SYN. */
    public int fromWire(final int field) {
        return field << sendShift;
    }

    /** Returns the window field for {@code bytes}, in a segment without SYN; rounds down. */
    public int toWire(final int bytes) {
        return Math.min(bytes >>> receiveShift, MAX_UNSCALED);
    }

    /** Returns {@code bytes} after rounding by the window field. */
    public int representable(final int bytes) {
        return toWire(bytes) << receiveShift;
    }

    /** Snd.Wind.Shift. */
    public int sendShift() {
        return sendShift;
    }

    /** Rcv.Wind.Shift. */
    public int receiveShift() {
        return receiveShift;
    }

    /** Returns the window of a SYN, which is never scaled (RFC 7323 2.2). */
    public static int first(final TcpConfig config) {
        final int most = config.windowClamp() == 0 ? MAX_UNSCALED : config.windowClamp();
        return Math.min(config.receiveBufferBytes(), Math.min(most, MAX_UNSCALED));
    }
}
