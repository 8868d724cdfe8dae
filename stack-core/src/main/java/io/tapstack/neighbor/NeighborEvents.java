package io.tapstack.neighbor;

/** Receives the changes of neighbours that concern the choice of a router (RFC 4861 6.3.6, 7.2.5, 7.3.3). */
public interface NeighborEvents {

    /** Receives nothing. */
    NeighborEvents NONE = new NeighborEvents() {
        @Override
        public void reachabilityChanged(final Neighbor neighbor) {}

        @Override
        public void noRouterAnyMore(final Neighbor neighbor) {}
    };

    /** {@code neighbor} did not answer, or its address is known again ({@link Neighbor#isProbablyReachable()}). */
    void reachabilityChanged(Neighbor neighbor);

    /** {@code neighbor} was a router and advertised that it is none. */
    void noRouterAnyMore(Neighbor neighbor);
}
