package io.tapstack.simulation;

import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.link.VirtualCable;
import io.tapstack.wire.Ipv6Header;

/**
 * The link between two simulated hosts.
 *
 * @param mtu largest IP packet in bytes
 * @param ends kind of devices at the ends
 * @param capacityFrames frames that fit the cable, one way
 * @param toRight impairment of frames of the left host
 * @param toLeft impairment of frames of the right host
 * @param impairedAtSender true to impair frames before they are on the cable, false behind it; behind offloads, where
 *     they are single segments again, it must be false
 */
public record CablePlan(
        LinkType type,
        int mtu,
        Ends ends,
        int capacityFrames,
        Impairment toRight,
        Impairment toLeft,
        boolean impairedAtSender) {

    /** The kind of devices at the ends of the cable. */
    public enum Ends {
        /** Without offload. */
        PLAIN,
        /** Network cards with checksum and segmentation offload at both ends. */
        CARDS,
        /** One at the left end only. */
        CARD_AND_PLAIN,
        /** As between a stack and the kernel over a TAP: super-segments arrive whole. */
        LOCAL
    }

    /** A perfect link without Ethernet, with an MTU of 1500. */
    public static CablePlan perfect(final Ends ends) {
        return new CablePlan(LinkType.IP, 1_500, ends, 256, Impairment.NONE, Impairment.NONE, false);
    }

    /** The same with other impairments. */
    public CablePlan impaired(final Impairment newToRight, final Impairment newToLeft) {
        return new CablePlan(type, mtu, ends, capacityFrames, newToRight, newToLeft, impairedAtSender);
    }

    /**
     * True if frames arrive once, whole, in order, and after the same time. ARP packets that do not fit the cable are
     * lost.
     */
    boolean isCalm() {
        return isCalm(toRight) && isCalm(toLeft) && (type == LinkType.IP || capacityFrames >= 16);
    }

    private static boolean isCalm(final Impairment impairment) {
        return impairment.withDelay(0).equals(Impairment.NONE);
    }

    VirtualCable build() {
        // RFC 8200 5: every link of IPv6 takes 1,280 bytes.
        final int largest = SimulatedNetwork.IPV6 ? Math.max(Ipv6Header.MIN_MTU, mtu) : mtu;
        final LinkCapabilities plain = LinkCapabilities.plain(type, largest);
        final LinkCapabilities card = new LinkCapabilities(type, largest, true, true, LinkCapabilities.MAX_MTU);
        return switch (ends) {
            case PLAIN -> new VirtualCable(plain, plain, capacityFrames);
            case CARDS -> new VirtualCable(card, card, capacityFrames);
            case CARD_AND_PLAIN -> new VirtualCable(card, plain, capacityFrames);
            case LOCAL -> VirtualCable.local(card, capacityFrames);
        };
    }
}
