package io.tapstack.ndp;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.util.random.RandomGenerator;

/**
 * The lower 64 bits of the addresses that a host makes: stable for a prefix (RFC 7217), or random (RFC 8981 3.3.1).
 * Neither tells the Ethernet address. Immutable.
 */
final class InterfaceId {

    // RFC 5453 and the IANA registry "Reserved IPv6 Interface Identifiers".
    private static final long ANYCAST_FIRST = 0xFDFF_FFFF_FFFF_FF80L;
    private static final long ETHERNET_FIRST = 0x0200_5EFF_FE00_0000L;
    private static final long ETHERNET_LAST = 0x0200_5EFF_FEFF_FFFFL;

    private final SipHash secret;
    private final long mac;

    /**
     * @param secret the secret_key of RFC 7217 5, 128 bits
     * @param mac the Net_Iface of RFC 7217 5
     */
    InterfaceId(final SipHash secret, final long mac) {
        this.secret = secret;
        this.mac = mac;
    }

    /**
     * RFC 7217 5: F(Prefix, Net_Iface, Network_ID, DAD_Counter, secret_key). The stack knows no Network_ID.
     *
     * @param prefixHigh the prefix of 64 bits
     * @param dadCounter the duplicates that were found for this prefix
     */
    long stable(final long prefixHigh, final int dadCounter) {
        long id = secret.hash(secret.hash(prefixHigh, mac), dadCounter);
        for (int attempt = 1; isReserved(id); attempt++) {
            id = secret.hash(id, attempt);
        }
        return id;
    }

    /** RFC 8981 3.3.1: a random identifier. */
    static long temporary(final RandomGenerator random) {
        long id = random.nextLong();
        while (isReserved(id)) {
            id = random.nextLong();
        }
        return id;
    }

    static boolean isReserved(final long id) {
        return id == 0
                || Long.compareUnsigned(id, ANYCAST_FIRST) >= 0 && Long.compareUnsigned(id, ANYCAST_FIRST | 0x7F) <= 0
                || id >= ETHERNET_FIRST && id <= ETHERNET_LAST;
    }

    /** The address of a prefix of 64 bits and an identifier. */
    static IpAddress address(final long prefixHigh, final long id) {
        return IpAddress.ipv6(prefixHigh, id);
    }
}
