package io.tapstack.wire;

/** An Ethernet address; an immutable value of 48 bits. */
public final class MacAddress {

    /** ff:ff:ff:ff:ff:ff. */
    public static final MacAddress BROADCAST = of(0xFFFF_FFFF_FFFFL);

    /** 00:00:00:00:00:00, the target of an ARP request. */
    public static final MacAddress ZERO = of(0);

    private final long bits;

    private MacAddress(final long bits) {
        this.bits = bits;
    }

    /** From the lower 48 bits. */
    public static MacAddress of(final long bits) {
        return new MacAddress(bits & 0xFFFF_FFFF_FFFFL);
    }

    /**
     * Parses six hexadecimal bytes with colons.
     *
     * @throws IllegalArgumentException if {@code text} is not such an address
     */
    public static MacAddress parse(final String text) {
        if (!text.matches("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")) {
            throw new IllegalArgumentException("'" + text + "' is not an Ethernet address such as 02:00:00:00:00:01");
        }
        return of(Long.parseLong(text.replace(":", ""), 16));
    }

    /** The 48 bits. */
    public long bits() {
        return bits;
    }

    /** True for multicast and broadcast: the lowest bit of the first byte. */
    public boolean isGroup() {
        return (bits >>> 40 & 1) != 0;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof MacAddress that && bits == that.bits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits);
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(String.format("%02x", bits >>> shift & 0xFF)).append(shift > 0 ? ":" : "");
        }
        return text.toString();
    }
}
