package io.tapstack.ip;

import org.jspecify.annotations.Nullable;

/**
 * What a sender makes of the path MTU: {@code IP_MTU_DISCOVER} of ip(7), the constants in the order of their numbers
 * there. "Refused" means {@link SendStatus#TOO_BIG}.
 */
public enum PathMtuPolicy {
    /** Any router may fragment; what is larger than the path MTU is fragmented here. */
    DONT,
    /** With "don't fragment" (RFC 1191), but for what is larger than the path MTU, which is fragmented here. */
    WANT,
    /** With "don't fragment"; what is larger than the path MTU is refused. */
    DO,
    /**
     * With "don't fragment", whatever the path MTU: for those who probe it (RFC 4821). Refused is what the link does
     * not take.
     */
    PROBE,
    /** Any router may fragment; refused is what the link does not take. No message about the path MTU is believed. */
    INTERFACE,
    /** As {@link #INTERFACE}, but what the link does not take is fragmented here. */
    OMIT;

    private static final PathMtuPolicy[] BY_NUMBER = values();

    /** True if the path MTU limits packets; for the others it is the link's MTU. */
    public boolean usesPathMtu() {
        return this == DONT || this == WANT || this == DO;
    }

    /** True if what routers say about the path MTU is believed: a forged message can have small packets sent. */
    public boolean believesMessages() {
        return this != INTERFACE && this != OMIT;
    }

    /** @param fits whether the packet is not larger than the limit. @return true for "don't fragment" */
    boolean insists(final boolean fits) {
        return this == DO || this == PROBE || this == WANT && fits;
    }

    /** True if what is larger than the limit is refused, not fragmented. */
    boolean refuses() {
        return this == DO || this == PROBE || this == INTERFACE;
    }

    /** @return the policy with a number of ip(7), null if there is none */
    public static @Nullable PathMtuPolicy of(final int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
