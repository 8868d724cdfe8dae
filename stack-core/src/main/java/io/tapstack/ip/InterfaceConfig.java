package io.tapstack.ip;

import io.tapstack.arp.ArpConfig;
import io.tapstack.wire.MacAddress;

/**
 * The settings of the stack on a link.
 *
 * @param mac our Ethernet address; unused on a link without Ethernet
 * @param arp parameters of address resolution
 */
public record InterfaceConfig(MacAddress mac, InterfaceAddress address, ArpConfig arp) {

    public InterfaceConfig {
        if (mac.isGroup()) {
            throw new IllegalArgumentException(mac + " is a group address and cannot be a host's");
        }
    }

    /** With the default parameters. */
    public InterfaceConfig(final MacAddress mac, final InterfaceAddress address) {
        this(mac, address, ArpConfig.DEFAULT);
    }
}
