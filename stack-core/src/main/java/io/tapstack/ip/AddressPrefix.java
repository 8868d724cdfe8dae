package io.tapstack.ip;

/** Arithmetic on prefixes of addresses of 128 bits. */
public final class AddressPrefix {

    private AddressPrefix() {}

    /** The number of leading bits that two addresses have in common, from 0 to 128. */
    public static int commonLength(final long highA, final long lowA, final long highB, final long lowB) {
        return highA == highB ? 64 + Long.numberOfLeadingZeros(lowA ^ lowB) : Long.numberOfLeadingZeros(highA ^ highB);
    }
}
