package io.tapstack.tcp;

/**
 * With whom a socket shares its local port (socket(7)).
 *
 * @param address SO_REUSEADDR: with those who agree to that and do not listen, such as the connections that an earlier
 *     server has left behind
 * @param port SO_REUSEPORT: with those who agree to that, listening or not
 */
public record PortSharing(boolean address, boolean port) {

    /** With nobody. */
    public static final PortSharing NONE = new PortSharing(false, false);

    /** SO_REUSEADDR alone. */
    public static final PortSharing ADDRESS = new PortSharing(true, false);

    /**
     * True if both may have the port.
     *
     * @param otherListens whether {@code other} is a listener's
     */
    public boolean agrees(final PortSharing other, final boolean otherListens) {
        return port && other.port || address && other.address && !otherListens;
    }
}
