package io.tapstack.tcp.segment;

import io.tapstack.tcp.TcpConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The window scale option (RFC 7323 2): windows on the wire are 16 bits, shifted by what each side announced in its
 * SYN. Windows in SYN segments are never scaled.
 */
public final class WindowScale {

    private static final Logger LOG = LoggerFactory.getLogger(WindowScale.class);

    /** RFC 7323 2.3: a larger shift is taken as 14. */
    public static final int MAX_SHIFT = 14;

    public static final int MAX_UNSCALED = 65_535;

    private static final int NOT_YET = -1;

    private int offered = NOT_YET;
    private int sendShift; // Snd.Wind.Shift: how the peer scales what it sends to us
    private int receiveShift; // Rcv.Wind.Shift: how we scale what we send

    /** The smallest shift with which a window of {@code bufferBytes} can be announced. */
    static int shiftFor(final int bufferBytes) {
        int shift = 0;
        while (shift < MAX_SHIFT && bufferBytes >>> shift > MAX_UNSCALED) {
            shift++;
        }
        return shift;
    }

    /** The shift that a first SYN would offer. */
    public static int offered(final TcpConfig config) {
        return config.windowShift() >= 0 ? config.windowShift() : shiftFor(config.receiveBufferLimit());
    }

    /**
     * The shift that our SYNs offer: in all of them what the first one said, whatever has become of the buffer since.
     */
    public int offer(final TcpConfig config) {
        if (offered == NOT_YET) {
            offered = offered(config);
        }
        return offered;
    }

    /** Both SYNs carried the option; ours said {@code ourShift}. */
    public void agree(final int peerShift, final int ourShift) {
        if (peerShift > MAX_SHIFT) {
            // RFC 7323 2.3: MUST be used as 14, SHOULD be logged. Anybody can send such a SYN, so not where it is read
            // by default.
            LOG.debug("a peer wants its window shifted by {} bits: {} it is", peerShift, MAX_SHIFT);
        }
        sendShift = Math.min(peerShift, MAX_SHIFT);
        receiveShift = ourShift;
    }

    /** SEG.WND in bytes, of a segment without SYN. */
    public int fromWire(final int field) {
        return field << sendShift;
    }

    /** What stands in the header for a window of {@code bytes}, in a segment without SYN; rounds down. */
    public int toWire(final int bytes) {
        return Math.min(bytes >>> receiveShift, MAX_UNSCALED);
    }

    /** {@code bytes} as the peer will understand it once it has been to the wire. */
    public int representable(final int bytes) {
        return toWire(bytes) << receiveShift;
    }

    public int sendShift() {
        return sendShift;
    }

    public int receiveShift() {
        return receiveShift;
    }

    /** The window that a SYN announces, which is never scaled (RFC 7323 2.2). */
    public static int first(final TcpConfig config) {
        final int most = config.windowClamp() == 0 ? MAX_UNSCALED : config.windowClamp();
        return Math.min(config.receiveBufferBytes(), Math.min(most, MAX_UNSCALED));
    }
}
