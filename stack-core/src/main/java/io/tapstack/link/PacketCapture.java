package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;

/** Where captured frames go, those of one interface or of several; a {@link PcapngWriter} as a rule. */
public interface PacketCapture extends AutoCloseable {

    /** Which way a frame went, as the two lowest bits of pcapng's epb_flags have it. */
    enum Direction {
        INBOUND(1),
        OUTBOUND(2);

        final int flags;

        Direction(final int flags) {
            this.flags = flags;
        }
    }

    /**
     * Describes one more interface.
     *
     * @param name what to call it, in a word or two
     * @return its number, for {@link #write}
     */
    int addInterface(LinkType type, String name) throws IOException;

    /**
     * Keeps a copy of a frame.
     *
     * @param epochNanos when it passed, in nanoseconds since 1970
     */
    void write(int interfaceNumber, Direction direction, long epochNanos, PacketBuffer frame) throws IOException;

    /** Lets others see what was captured so far. */
    void flush() throws IOException;

    /** Ends the capture; does nothing the second time. */
    @Override
    void close() throws IOException;
}
