package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;

/** A local address and port that a socket has reserved. Confined to whoever runs the stack. */
public final class TcpBinding {

    private final PortTable table;
    private final Endpoint local;
    private PortSharing sharing;
    private boolean listening;

    TcpBinding(final PortTable table, final Endpoint local, final PortSharing sharing) {
        this.table = table;
        this.local = local;
        this.sharing = sharing;
    }

    /** What is reserved; its address may be "any". */
    public Endpoint local() {
        return local;
    }

    PortSharing sharing() {
        return sharing;
    }

    /** Changes with whom the port is shared, for those who want it from now on. */
    public void sharing(final PortSharing with) {
        sharing = with;
    }

    boolean isListening() {
        return listening;
    }

    void listening(final boolean on) {
        listening = on;
    }

    /** Gives the port back. Connections that use it go on. */
    public void close() {
        table.remove(this);
    }
}
