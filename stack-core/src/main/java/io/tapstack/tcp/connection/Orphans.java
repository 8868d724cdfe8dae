package io.tapstack.tcp.connection;

/**
 * The number of orphans, connections that the application has closed but that still wait for ACKs or the FIN of the
 * peer. No application sees them, so a limit bounds their memory (Linux's tcp_max_orphans); beyond it a connection is
 * reset, as RFC 1122 4.2.2.13 allows.
 */
public final class Orphans {

    private final int limit;
    private int count;

    /** @param limit most orphans at a time */
    public Orphans(final int limit) {
        this.limit = limit;
    }

    /** Orphans now. */
    public int count() {
        return count;
    }

    /**
     * Adds an orphan.
     *
     * @return false if the limit is reached: the connection has to be reset
     */
    boolean tryAdd() {
        if (count >= limit) {
            return false;
        }
        count++;
        return true;
    }

    /** Removes an orphan that was added. */
    void remove() {
        count--;
    }
}
