package io.tapstack.tcp.segment;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.EthernetHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The headers of the SYN of a connection as received, for the application (TCP_SAVE_SYN, TCP_SAVED_SYN): IP and TCP
 * header with their options, and on request the link header before them.
 */
public final class SavedSyn {

    /** TCP_SAVE_SYN: includes the link header. */
    private static final int WITH_LINK_HEADER = 2;

    private static final int ADDRESSES = EthernetHeader.LENGTH - Short.BYTES;

    private final byte[] bytes;

    private SavedSyn(final byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Returns the saved headers of {@code syn}, or null.
     *
     * @param mode {@link TcpConfig#saveSyn()}
     */
    public static @Nullable SavedSyn of(final Segment syn, final int mode) {
        if (mode == 0) {
            return null;
        }
        final ByteBuffer memory = syn.memory().bytes();
        final int ipHeader = syn.ipHeaderOffset();
        final int headers = syn.payloadOffset() - ipHeader;
        final boolean link = mode == WITH_LINK_HEADER && syn.linkHeaderLength() >= EthernetHeader.LENGTH;
        final int front = link ? EthernetHeader.LENGTH : 0;
        final byte[] saved = new byte[front + headers];
        if (link) {
            // A priority tag (IEEE 802.1Q) after the addresses is not part of the header, as on Linux.
            memory.get(ipHeader - syn.linkHeaderLength(), saved, 0, ADDRESSES);
            memory.get(ipHeader - Short.BYTES, saved, ADDRESSES, Short.BYTES);
        }
        memory.get(ipHeader, saved, front, headers);
        return new SavedSyn(saved);
    }

    /** The saved headers. */
    public byte[] bytes() {
        return bytes.clone();
    }
}
