package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;

/** Takes captured frames, of one interface or of several; a {@link PcapngWriter} as a rule. */
public interface PacketCapture extends AutoCloseable {

    /** The direction of a frame, as the two lowest bits of pcapng's epb_flags. */
    enum Direction {
        INBOUND(1),
        OUTBOUND(2);

        final int flags;

        Direction(final int flags) {
            this.flags = flags;
        }
    }

    /**
     * Adds an interface.
     *
     * @param name a word or two
     * @return its number, for {@link #write}
     */
    int addInterface(LinkType type, String name) throws IOException;

    /**
     * Keeps a copy of a frame.
     *
     * @param epochNanos time of the frame, in nanoseconds since 1970
     */
    void write(int interfaceNumber, Direction direction, long epochNanos, PacketBuffer frame) throws IOException;

    /** Makes the frames captured so far visible to readers. */
    void flush() throws IOException;

    /** Ends the capture; does nothing the second time. */
    @Override
    void close() throws IOException;
}
