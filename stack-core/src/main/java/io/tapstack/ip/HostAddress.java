package io.tapstack.ip;

import io.tapstack.time.Lifetime;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One address of an interface, with its state and its lifetimes. An {@link AddressList} contains it.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class HostAddress {

    /** How the interface got the address. */
    public enum Origin {
        /** From the configuration of the stack. */
        CONFIGURED,
        /** Made by the host, for its link alone (RFC 4862 5.3, RFC 3927). */
        LINK_LOCAL,
        /** Made from a router's prefix and a stable interface identifier (RFC 4862 5.5, RFC 7217). */
        STABLE,
        /** Made from a router's prefix and a random interface identifier (RFC 8981). */
        TEMPORARY,
        /** Leased by a server (RFC 2131). */
        DHCP
    }

    private final IpAddress address;
    private final int prefixLength;
    private final Origin origin;
    private AddressState state;
    private long preferredUntilNanos = Lifetime.FOREVER;
    private long validUntilNanos = Lifetime.FOREVER;
    private @Nullable IpAddress advertisedBy;
    private @Nullable AddressList list;

    /** Creates an address with infinite lifetimes. */
    public HostAddress(final IpAddress address, final int prefixLength, final Origin origin, final AddressState state) {
        this.address = address;
        this.prefixLength = prefixLength;
        this.origin = origin;
        this.state = state;
    }

    public IpAddress address() {
        return address;
    }

    /** The length of its prefix in bits, of 32 or 128. With IPv6 that does not say that the prefix is on the link. */
    public int prefixLength() {
        return prefixLength;
    }

    public Origin origin() {
        return origin;
    }

    public AddressState state() {
        return state;
    }

    /** Changes the state; the list of the address tells its listeners. */
    public void state(final AddressState next) {
        if (state != next) {
            state = next;
            if (list != null) {
                list.changed(this);
            }
        }
    }

    /** True if the address of these halves has the same prefix. */
    public boolean isOnSubnet(final long high, final long low) {
        return IpAddress.hasPrefix(high, low, address, prefixLength);
    }

    /**
     * True if the 32 bits are the directed broadcast address of this IPv4 subnet; there is none in a /31 or /32 (RFC
     * 3021), nor in IPv6.
     */
    public boolean isDirectedBroadcast(final int bits) {
        return address.isIpv4() && prefixLength < 31 && bits == (address.ipv4Bits() | -1 >>> prefixLength);
    }

    /** True if packets may be sent from it and are received at it. */
    public boolean isUsable() {
        return state == AddressState.PREFERRED || state == AddressState.DEPRECATED;
    }

    /** The time until which it is preferred, or {@link Lifetime#FOREVER}. */
    public long preferredUntilNanos() {
        return preferredUntilNanos;
    }

    /** The time until which it is valid, or {@link Lifetime#FOREVER}. */
    public long validUntilNanos() {
        return validUntilNanos;
    }

    /** Sets both lifetimes. The owner of the address changes its state when they end. */
    public void lifetimes(final long preferredUntil, final long validUntil) {
        preferredUntilNanos = preferredUntil;
        validUntilNanos = validUntil;
    }

    /** The router that advertised its prefix last, or null. */
    public @Nullable IpAddress advertisedBy() {
        return advertisedBy;
    }

    /** Sets the router that advertised its prefix. */
    public void advertisedBy(final IpAddress router) {
        advertisedBy = router;
    }

    void list(final @Nullable AddressList owner) {
        list = owner;
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength + " " + state;
    }
}
