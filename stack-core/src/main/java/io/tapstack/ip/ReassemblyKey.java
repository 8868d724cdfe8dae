package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/**
 * The key of a datagram in reassembly (RFC 791 3.2, RFC 8200 4.5). It is comparable, because a sender chooses all
 * values: a {@code HashMap} searches keys of equal hashes in a tree and not in a list.
 *
 * @param identification 16 bits of IPv4, 32 of IPv6
 * @param protocol of IPv4; 0 of IPv6, whose key has none
 */
public record ReassemblyKey(IpAddress source, IpAddress destination, int identification, int protocol)
        implements Comparable<ReassemblyKey> {

    @Override
    public int compareTo(final ReassemblyKey other) {
        final int bySource = source.compareTo(other.source);
        final int byDestination = bySource != 0 ? bySource : destination.compareTo(other.destination);
        final int byIdentification =
                byDestination != 0 ? byDestination : Integer.compare(identification, other.identification);
        return byIdentification != 0 ? byIdentification : Integer.compare(protocol, other.protocol);
    }
}
