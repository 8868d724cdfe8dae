package io.tapstack.ip;

import io.tapstack.arp.ArpConfig;
import io.tapstack.wire.MacAddress;

/**
 * How the stack takes part in a link.
 *
 * @param mac our Ethernet address; means nothing on a link without Ethernet
 * @param arp the numbers of address resolution
 */
public record InterfaceConfig(MacAddress mac, InterfaceAddress address, ArpConfig arp) {

    public InterfaceConfig {
        if (mac.isGroup()) {
            throw new IllegalArgumentException(mac + " is a group address and cannot be a host's");
        }
    }

    /** With the usual numbers. */
    public InterfaceConfig(final MacAddress mac, final InterfaceAddress address) {
        this(mac, address, ArpConfig.DEFAULT);
    }
}
