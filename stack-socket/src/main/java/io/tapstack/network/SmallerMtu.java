package io.tapstack.network;

import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;

/** A device with a smaller MTU than the device below it. */
final class SmallerMtu extends ForwardingLink {

    private final LinkCapabilities capabilities;

    /** @throws IllegalArgumentException if {@code mtu} is larger than the device's */
    SmallerMtu(final LinkDevice device, final int mtu) {
        super(device);
        final LinkCapabilities all = device.capabilities();
        if (mtu > all.mtu()) {
            throw new IllegalArgumentException("an MTU of " + mtu + ", but " + device + " takes " + all.mtu());
        }
        this.capabilities = new LinkCapabilities(
                all.type(), mtu, all.txChecksum(), all.rxChecksumTrusted(), all.maxSegmentOffload());
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public String toString() {
        return device.toString();
    }
}
