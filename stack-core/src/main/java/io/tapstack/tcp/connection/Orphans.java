package io.tapstack.tcp.connection;

/**
 * Connections that go on without an application: closed, but the peer has not acknowledged everything or not closed its
 * side. Nobody notices how many they are, so their number has a limit (RFC 1122 4.2.2.13 lets a host send a reset
 * instead; Linux's tcp_max_orphans).
 */
public final class Orphans {

    private final int limit;
    private int count;

    public Orphans(final int limit) {
        this.limit = limit;
    }

    public int count() {
        return count;
    }

    /** Another one. @return false if there are too many already: it has to be reset */
    boolean tryAdd() {
        if (count >= limit) {
            return false;
        }
        count++;
        return true;
    }

    /** One that was added is over. */
    void remove() {
        count--;
    }
}
