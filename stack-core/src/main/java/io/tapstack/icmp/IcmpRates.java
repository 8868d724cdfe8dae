package io.tapstack.icmp;

/**
 * The rate limits of ICMP errors (RFC 1812 4.3.2.8). A bucket of {@code burst} tokens fills at a rate per second; an
 * error takes one token from the bucket of all and one from that of its destination.
 *
 * @param perSecond errors a second in all
 * @param burst errors at once in all
 * @param perSecondToOne errors a second to one destination
 * @param burstToOne errors at once to one destination
 */
public record IcmpRates(int perSecond, int burst, int perSecondToOne, int burstToOne) {

    public static final IcmpRates DEFAULT = new IcmpRates(1_000, 100, 10, 20);
}
