package io.tapstack.ip;

import java.nio.ByteBuffer;

/** The fragments of one IP version, for {@link Reassembly}: the headers in front of a fragment's payload. */
public interface FragmentFormat {

    /** The ECN field of the packet whose IP header starts at {@code header}. */
    int ecn(ByteBuffer bytes, int header);

    /**
     * True if stored bytes may arrive again in other fragments, as a router on another path makes them. Routers do not
     * fragment IPv6, so there only an exact duplicate of a fragment is accepted (RFC 8200 4.5).
     */
    boolean mayBeCutAgain();

    /**
     * True if no length field can express a datagram with a first header of {@code headerLength} bytes and
     * {@code payloadLength} bytes behind it.
     */
    boolean isTooLong(int headerLength, int payloadLength);

    /**
     * Makes the header of the first fragment, at {@code header}, that of the whole datagram.
     *
     * @param congestion true if a fragment was marked "congestion experienced" (RFC 3168 5.3)
     * @return the bytes by which the header has become shorter: the datagram starts that much behind {@code header}
     */
    int complete(ByteBuffer bytes, int header, int headerLength, int payloadLength, boolean congestion);
}
