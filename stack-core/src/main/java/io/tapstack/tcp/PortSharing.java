package io.tapstack.tcp;

/**
 * The sockets with which a socket shares its local port (socket(7)).
 *
 * @param address SO_REUSEADDR: shares with sockets that set it too and do not listen, such as the connections of an
 *     earlier server
 * @param port SO_REUSEPORT: shares with sockets that set it too, listening or not
 */
public record PortSharing(boolean address, boolean port) {

    /** Shares with no other socket. */
    public static final PortSharing NONE = new PortSharing(false, false);

    /** SO_REUSEADDR alone. */
    public static final PortSharing ADDRESS = new PortSharing(true, false);

    /**
     * True if both sockets may use the port.
     *
     * @param otherListens whether {@code other} belongs to a listener
     */
    public boolean agrees(final PortSharing other, final boolean otherListens) {
        return port && other.port || address && other.address && !otherListens;
    }
}
