package io.tapstack.ip;

import org.jspecify.annotations.Nullable;

/**
 * A sender's use of the path MTU: {@code IP_MTU_DISCOVER} of ip(7), the constants in the order of their numbers there.
 * "Refused" means {@link SendStatus#TOO_BIG}.
 */
public enum PathMtuPolicy {
    /** Any router may fragment; a packet larger than the path MTU is fragmented here. */
    DONT,
    /** With "don't fragment" (RFC 1191), except for a packet larger than the path MTU, which is fragmented here. */
    WANT,
    /** With "don't fragment"; a packet larger than the path MTU is refused. */
    DO,
    /**
     * With "don't fragment", regardless of the path MTU, for path MTU probing (RFC 4821). A packet larger than the
     * link's MTU is refused.
     */
    PROBE,
    /**
     * Any router may fragment; a packet larger than the link's MTU is refused. Messages about the path MTU are not
     * believed.
     */
    INTERFACE,
    /** As {@link #INTERFACE}, but a packet larger than the link's MTU is fragmented here. */
    OMIT;

    private static final PathMtuPolicy[] BY_NUMBER = values();

    /** True if the path MTU limits packets; otherwise the link's MTU does. */
    public boolean usesPathMtu() {
        return this == DONT || this == WANT || this == DO;
    }

    /** True if messages of routers about the path MTU are believed: a forged message can cause small packets. */
    public boolean believesMessages() {
        return this != INTERFACE && this != OMIT;
    }

    /**
     * @param fits true if the packet is not larger than the limit
     * @return true for "don't fragment"
     */
    public boolean insists(final boolean fits) {
        return this == DO || this == PROBE || this == WANT && fits;
    }

    /** True if a packet larger than the limit is refused, not fragmented. */
    public boolean refuses() {
        return this == DO || this == PROBE || this == INTERFACE;
    }

    /** @return the policy with a number of ip(7), null if there is none */
    public static @Nullable PathMtuPolicy of(final int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
