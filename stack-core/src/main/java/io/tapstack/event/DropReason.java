package io.tapstack.event;

/** The reason why a frame, packet or segment was dropped. Every drop in the stack is counted under one of these. */
public enum DropReason {
    // Link and Ethernet
    LINK_IMPAIRED("lost by the simulated link"),
    LINK_FULL("the device or its queue was full"),
    LINK_MAILBOX_FULL("the mailbox of the owning queue was full"),
    LINK_ERROR("the device refused the frame"),
    ETHERNET_TOO_SHORT("shorter than an Ethernet header"),
    ETHERNET_NOT_FOR_US("destination address is neither ours nor broadcast nor multicast"),
    ETHERNET_UNKNOWN_TYPE("unsupported EtherType"),
    ETHERNET_VLAN("tagged for a VLAN; the stack is in none"),
    ETHERNET_SOURCE_GROUP("source address is a group address"),
    // ARP
    ARP_MALFORMED("not a valid ARP packet for IPv4 over Ethernet"),
    ARP_NOT_FOR_US("target is not one of our addresses"),
    NEIGHBOR_CACHE_FULL("no room in the neighbour cache"),
    NEIGHBOR_QUEUE_FULL("too many packets wait for this neighbour"),
    NEIGHBOR_UNRESOLVED("the neighbour did not answer"),
    // Neighbor Discovery
    NDP_HOP_LIMIT("Neighbor Discovery from another link: hop limit is not 255"),
    NDP_FRAGMENT("Neighbor Discovery in a fragment (RFC 6980)"),
    NDP_MALFORMED("not a valid message of Neighbor Discovery"),
    NDP_SOURCE("Neighbor Discovery from an address that must not send it"),
    NDP_NOT_FOR_US("target is not one of our addresses or neighbours"),
    NDP_LIMIT("table of routers, prefixes, routes or servers is full"),
    // Multicast groups
    GROUP_MALFORMED("not a valid message of IGMP or MLD"),
    GROUP_NOT_FOR_US("message of IGMP or MLD that is not for hosts"),
    // IPv4
    IP_TOO_SHORT("shorter than an IPv4 header"),
    IP_VERSION("version is not 4"),
    IP_HEADER_LENGTH("header length does not fit"),
    IP_TOTAL_LENGTH("total length does not fit the frame"),
    IP_CHECKSUM("wrong header checksum"),
    IP_SOURCE_INVALID("source address cannot be a source"),
    IP_NOT_FOR_US("destination is not one of our addresses"),
    IP_UNICAST_IN_BROADCAST("sent to one host in a frame for all"),
    IP_TTL("time to live exceeded"),
    IP_OPTIONS_MALFORMED("malformed options"),
    IP_SOURCE_ROUTE("source-routed packets are not forwarded"),
    IP_UNKNOWN_PROTOCOL("no such transport protocol here"),
    IP_NO_NEXT_HEADER("nothing follows the last header"),
    IP_EXTENSION_MALFORMED("extension header or option that does not fit"),
    IP_EXTENSION_LIMIT("too many or too long extension headers or options"),
    IP_OPTION_UNKNOWN("unknown option that asks for the drop"),
    IP_ROUTING_HEADER("routing header with segments left"),
    IP_CHAIN_INCOMPLETE("first fragment without all headers"),
    IP_NO_ROUTE("no route to the destination"),
    IP_FRAGMENTATION_NEEDED("larger than the MTU and must not be fragmented"),
    FRAGMENT_MALFORMED("impossible fragment offset or length"),
    FRAGMENT_OVERLAP("overlapping fragments"),
    FRAGMENT_TIMEOUT("fragments missing when the reassembly time ended"),
    FRAGMENT_LIMIT("too many fragments are being held"),
    // ICMP
    ICMP_TOO_SHORT("shorter than its type needs"),
    ICMP_CHECKSUM("wrong ICMP checksum"),
    ICMP_UNKNOWN_TYPE("unsupported ICMP type"),
    ICMP_RATE_LIMITED("ICMP answers are rate-limited"),
    ICMP_BROADCAST("echo request to a broadcast address"),
    ICMP_UNMATCHED("ICMP message that matches no socket or connection"),
    // UDP
    UDP_TOO_SHORT("shorter than a UDP header"),
    UDP_LENGTH("UDP length does not fit"),
    UDP_CHECKSUM("wrong UDP checksum"),
    UDP_PORT_UNREACHABLE("no socket listens on the port"),
    UDP_QUEUE_FULL("receive queue of the socket is full"),
    ERROR_QUEUE_FULL("error queue of the socket is full"),
    // TCP
    TCP_TOO_SHORT("shorter than a TCP header"),
    TCP_DATA_OFFSET("data offset does not fit"),
    TCP_CHECKSUM("wrong TCP checksum"),
    TCP_BROADCAST("TCP to a broadcast or multicast address"),
    TCP_FLAGS("impossible combination of flags"),
    TCP_NO_SOCKET("no connection and no listener"),
    TCP_OUTSIDE_WINDOW("sequence number outside the window"),
    TCP_PAWS("timestamp older than the connection's (RFC 7323 PAWS)"),
    TCP_BAD_ECHO("echoes a timestamp that the handshake has not sent"),
    TCP_BAD_ACK("acknowledges what cannot be acknowledged"),
    TCP_BAD_SACK("SACK block of data that was not sent (the block only)"),
    TCP_NO_ACK("no ACK where one has to be"),
    TCP_SYN_IN_WINDOW("SYN on a synchronized connection (RFC 5961)"),
    TCP_RST_NOT_EXACT("RST not exactly at RCV.NXT (RFC 5961)"),
    TCP_RST_IGNORED("RST that must be ignored in this state"),
    TCP_DUPLICATE("all of it was already received"),
    TCP_AFTER_CLOSE("data after the application closed"),
    TCP_LISTEN_OVERFLOW("the listener's queue is full"),
    TCP_SYN_QUEUE_FULL("the listener's SYN queue is full"),
    TCP_DEFERRED("the listener waits for data (TCP_DEFER_ACCEPT)"),
    TCP_REASSEMBLY_LIMIT("out-of-order queue is full"),
    TCP_REASSEMBLY_PRUNED("pruned from the out-of-order queue for lack of memory"),
    TCP_NO_BUFFER("receive buffer of the connection is full"),
    // Any layer
    NO_MEMORY("the stack is at its memory limit");

    private final String explanation;

    DropReason(final String explanation) {
        this.explanation = explanation;
    }

    /** A phrase for people. */
    public String explanation() {
        return explanation;
    }
}
