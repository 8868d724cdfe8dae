/**
 * The protocols, from frames to connections.
 *
 * <p>What is exported is what programs may use; the parts of TCP behind {@code io.tapstack.tcp} are not.
 */
module io.tapstack.core {
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.tapstack.arp;
    exports io.tapstack.buffer;
    exports io.tapstack.dhcp;
    exports io.tapstack.error;
    exports io.tapstack.event;
    exports io.tapstack.icmp;
    exports io.tapstack.icmp.v4;
    exports io.tapstack.icmp.v6;
    exports io.tapstack.ip;
    exports io.tapstack.ip.v4;
    exports io.tapstack.ip.v6;
    exports io.tapstack.link;
    exports io.tapstack.multicast;
    exports io.tapstack.ndp;
    exports io.tapstack.neighbor;
    exports io.tapstack.stack;
    exports io.tapstack.tcp;
    exports io.tapstack.tcp.congestion;
    exports io.tapstack.time;
    exports io.tapstack.udp;
    exports io.tapstack.wire;
}
