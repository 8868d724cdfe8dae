package io.tapstack.ndp;

import io.tapstack.wire.Ipv6Header;
import java.util.function.IntConsumer;

/**
 * The parameters of the link that routers advertise (RFC 4861 6.3.2): its MTU, and the hop limit of packets.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class LinkParameters {

    private static final int DEFAULT_HOP_LIMIT = 64;

    private final int deviceMtu;
    private final IntConsumer mtuChanged;
    private int mtu;
    private int hopLimit = DEFAULT_HOP_LIMIT;

    /** @param mtuChanged called with each new MTU */
    LinkParameters(final int deviceMtu, final IntConsumer mtuChanged) {
        this.deviceMtu = deviceMtu;
        this.mtuChanged = mtuChanged;
        this.mtu = deviceMtu;
    }

    /** LinkMTU: the largest packet of IPv6 on the link, in bytes. */
    public int mtu() {
        return mtu;
    }

    /** CurHopLimit: the default hop limit of unicast packets. */
    public int hopLimit() {
        return hopLimit;
    }

    /** RFC 4861 6.3.4: an MTU below the minimum of IPv6 or above the device's is ignored. */
    void mtu(final long advertised) {
        if (advertised >= Ipv6Header.MIN_MTU && advertised <= deviceMtu && advertised != mtu) {
            mtu = (int) advertised;
            mtuChanged.accept(mtu);
        }
    }

    /** RFC 4861 6.3.4: zero leaves the hop limit to the host. */
    void hopLimit(final int advertised) {
        hopLimit = advertised == 0 ? hopLimit : advertised;
    }
}
