package io.tapstack.ip;

import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;

/**
 * The key of a datagram in reassembly (RFC 791 3.2). It is comparable, because a sender chooses all four values: a
 * {@code HashMap} searches keys of equal hashes in a tree and not in a list.
 */
record ReassemblyKey(int source, int destination, int identification, int protocol)
        implements Comparable<ReassemblyKey> {

    /** The key of the fragment whose IP header starts at {@code header}. */
    static ReassemblyKey of(final ByteBuffer bytes, final int header) {
        return new ReassemblyKey(
                Ipv4Header.source(bytes, header),
                Ipv4Header.destination(bytes, header),
                Ipv4Header.identification(bytes, header),
                Ipv4Header.protocol(bytes, header));
    }

    @Override
    public int compareTo(final ReassemblyKey other) {
        final int bySource = Integer.compare(source, other.source);
        final int byDestination = bySource != 0 ? bySource : Integer.compare(destination, other.destination);
        return byDestination != 0 ? byDestination : Integer.compare(identifier(), other.identifier());
    }

    /** Identification and protocol have 16 and 8 bits. */
    private int identifier() {
        return protocol << 16 | identification;
    }
}
