package io.tapstack.socket;

/** Levels and names of socket options, with Linux's numbers; see {@code socket(7)}, {@code ip(7)}, {@code tcp(7)}. */
public final class SocketOptions {

    public static final int SOL_SOCKET = 1;
    public static final int IPPROTO_IP = 0;
    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_IPV6 = 41;

    // ---- Level SOL_SOCKET

    /** Bind to a port that connections of an earlier server still use. */
    public static final int SO_REUSEADDR = 2;

    /** 1 for a stream, 2 for datagrams; read only. */
    public static final int SO_TYPE = 3;

    /** The pending error's errno, or 0; reading it clears it. */
    public static final int SO_ERROR = 4;

    /** Allow sending to broadcast addresses. */
    public static final int SO_BROADCAST = 6;

    /** Send buffer in bytes; reading it returns twice the value set, as on Linux. */
    public static final int SO_SNDBUF = 7;

    /** Receive buffer in bytes; reading it returns twice the value set, as on Linux. */
    public static final int SO_RCVBUF = 8;

    public static final int SO_KEEPALIVE = 9;

    /** The urgent byte is read as part of the stream; on by default, as RFC 6093 asks for, unlike on Linux. */
    public static final int SO_OOBINLINE = 10;

    /** Several sockets bind to one port, if all of them set it. */
    public static final int SO_REUSEPORT = 15;

    /** Here an int: seconds, or -1 for off. See {@link StreamSocket#lingerSeconds(int)}. */
    public static final int SO_LINGER = 13;

    /** Bytes from which on a waiting receive returns, and a poll reports the socket readable. */
    public static final int SO_RCVLOWAT = 18;

    /** Always 1; read only. */
    public static final int SO_SNDLOWAT = 19;

    /** 1 if the socket listens; read only. */
    public static final int SO_ACCEPTCONN = 30;

    /** The protocol's number; read only. */
    public static final int SO_PROTOCOL = 38;

    /** The address family, 2 for IPv4, 10 for IPv6; read only. */
    public static final int SO_DOMAIN = 39;

    /** Of datagram sockets: poll(2) reports POLLPRI, too, while the error queue is not empty. */
    public static final int SO_SELECT_ERR_QUEUE = 45;

    /** Pacing rate limit in bytes a second, or -1 for none, which reads as {@link Integer#MAX_VALUE}. */
    public static final int SO_MAX_PACING_RATE = 47;

    /** {@link ReceivedMessage#nanos} is the arrival time of the data. */
    public static final int SO_TIMESTAMP = 29;

    /** As {@link #SO_TIMESTAMP}; the other form of the control message. */
    public static final int SO_TIMESTAMPNS = 35;

    /**
     * {@code SOF_TIMESTAMPING} flags: which times of sent data, in the error queue, and of received data are reported.
     */
    public static final int SO_TIMESTAMPING = 37;

    public static final int SO_TIMESTAMP_NEW = 63;
    public static final int SO_TIMESTAMPNS_NEW = 64;
    public static final int SO_TIMESTAMPING_NEW = 65;

    /** Enables {@link MessageFlags#MSG_ZEROCOPY}, which is ignored otherwise. */
    public static final int SO_ZEROCOPY = 60;

    // ---- Level IPPROTO_IP

    public static final int IP_TOS = 1;

    /** Time to live of packets sent; -1 sets the default. */
    public static final int IP_TTL = 2;

    /** Of datagram sockets: {@link ReceivedMessage#destination} tells where a datagram was sent to. */
    public static final int IP_PKTINFO = 8;

    /** Of datagram sockets: {@link ReceivedMessage#timeToLive} tells what was left of it. */
    public static final int IP_RECVTTL = 12;

    /** Of datagram sockets: {@link ReceivedMessage#trafficClass} tells a datagram's DSCP and ECN bits. */
    public static final int IP_RECVTOS = 13;

    /**
     * Reports every ICMP error: to a datagram socket in its error queue, with {@link MessageFlags#MSG_ERRQUEUE}, to a
     * stream by the next call.
     */
    public static final int IP_RECVERR = 11;

    /** Whether packets may be fragmented, and their size limit: the numbers of {@link io.tapstack.ip.PathMtuPolicy}. */
    public static final int IP_MTU_DISCOVER = 10;

    /** Largest IP packet to the peer of a connected socket; read only. */
    public static final int IP_MTU = 14;

    // ---- Level IPPROTO_IPV6, of sockets of AddressFamily.IPV6

    /** Hop limit of packets sent; -1 sets the default. One value with {@link #IP_TTL}. */
    public static final int IPV6_UNICAST_HOPS = 16;

    /** As {@link #IP_MTU_DISCOVER}, and one value with it. */
    public static final int IPV6_MTU_DISCOVER = 23;

    /** As {@link #IP_MTU}; read only. */
    public static final int IPV6_MTU = 24;

    /** As {@link #IP_RECVERR}, and one value with it. */
    public static final int IPV6_RECVERR = 25;

    /** No IPv4 peers by IPv4-mapped addresses; to be set before binding. */
    public static final int IPV6_V6ONLY = 26;

    /** Of datagram sockets: {@link ReceivedMessage#destination} tells where a datagram was sent to. */
    public static final int IPV6_RECVPKTINFO = 49;

    /** The control message of {@link #IPV6_RECVPKTINFO}. */
    public static final int IPV6_PKTINFO = 50;

    /** Of datagram sockets: {@link ReceivedMessage#timeToLive} tells the hop limit that is left. */
    public static final int IPV6_RECVHOPLIMIT = 51;

    /** The control message of {@link #IPV6_RECVHOPLIMIT}. */
    public static final int IPV6_HOPLIMIT = 52;

    /** Of datagram sockets: a datagram larger than the path MTU is refused and not fragmented. */
    public static final int IPV6_DONTFRAG = 62;

    /** Of datagram sockets: {@link ReceivedMessage#trafficClass} tells a datagram's traffic class. */
    public static final int IPV6_RECVTCLASS = 66;

    /** Traffic class of packets sent; -1 sets the default. One value with {@link #IP_TOS}. */
    public static final int IPV6_TCLASS = 67;

    // ---- Level IPPROTO_TCP

    /** Turns Nagle's algorithm off. */
    public static final int TCP_NODELAY = 1;

    /** Upper limit of the maximum segment size, to be set before connecting; of a connection, the size in use. */
    public static final int TCP_MAXSEG = 2;

    /** Send full segments only, until it is turned off, or for 200 ms. */
    public static final int TCP_CORK = 3;

    /** Silence in seconds before the first keep-alive probe. */
    public static final int TCP_KEEPIDLE = 4;

    /** Seconds between keep-alive probes. */
    public static final int TCP_KEEPINTVL = 5;

    /** Unanswered keep-alive probes before the connection is given up. */
    public static final int TCP_KEEPCNT = 6;

    /** Retransmissions of a SYN. */
    public static final int TCP_SYNCNT = 7;

    /** Time of a closed socket in FIN-WAIT-2, in seconds; 0 for the default, less than 0 for none. */
    public static final int TCP_LINGER2 = 8;

    /**
     * Of a listener: time in seconds for the first data of a connection to come before {@code accept} returns it; 0 for
     * none.
     */
    public static final int TCP_DEFER_ACCEPT = 9;

    /** Largest window to announce, in bytes; 0, before connecting, for no limit but the buffer. */
    public static final int TCP_WINDOW_CLAMP = 10;

    /** Acknowledge at once for a while: see {@link io.tapstack.tcp.TcpConnection#quickAck}. */
    public static final int TCP_QUICKACK = 12;

    /** Time for data to stay unacknowledged, in milliseconds; 0 for the default. */
    public static final int TCP_USER_TIMEOUT = 18;

    /** Of a listener: most connections that are open by a Fast Open cookie alone (RFC 7413); 0 for none. */
    public static final int TCP_FASTOPEN = 23;

    /**
     * With a Fast Open cookie, {@code connect} waits for the first bytes to send; without one, it asks for one (RFC
     * 7413).
     */
    public static final int TCP_FASTOPEN_CONNECT = 30;

    /**
     * Of a listener: the key of Fast Open cookies, 16 bytes, or 32 for two keys: see
     * {@link io.tapstack.tcp.FastOpenKeys}.
     */
    public static final int TCP_FASTOPEN_KEY = 33;

    /** Keeps the headers of SYNs at a listener: 0 no, 1 from the IP header on, 2 from the link's header on. */
    public static final int TCP_SAVE_SYN = 27;

    /** The headers of the SYN that began a connection; readable once. Not an int: {@link StreamSocket#takeSavedSyn}. */
    public static final int TCP_SAVED_SYN = 28;

    /** The longest retransmission timeout, in milliseconds: 1,000 to 120,000. */
    public static final int TCP_RTO_MAX_MS = 44;

    /** The shortest retransmission timeout, in microseconds: 1 to 200,000. */
    public static final int TCP_RTO_MIN_US = 45;

    /** Sends, or accepts, data with a SYN without a cookie (RFC 7413 5.1 warns of it). */
    public static final int TCP_FASTOPEN_NO_COOKIE = 34;

    /** Unsent bytes from which on a socket is not writable; 0 for no such limit. */
    public static final int TCP_NOTSENT_LOWAT = 25;

    /** Each {@link StackSocket#recvMessage} returns the number of unread bytes: {@link ReceivedMessage#unreadBytes}. */
    public static final int TCP_INQ = 36;

    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int IPPROTO_UDP = 17;

    /** Sends are pieces of one datagram, until the option is turned off. */
    static final int UDP_CORK = 1;

    private SocketOptions() {}
}
