package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;

/** A local address and port that a socket has reserved. Confined to whoever runs the stack. */
public final class TcpBinding {

    private final PortTable table;
    private final Endpoint local;
    private final boolean reuseAddress;
    private boolean listening;

    TcpBinding(final PortTable table, final Endpoint local, final boolean reuseAddress) {
        this.table = table;
        this.local = local;
        this.reuseAddress = reuseAddress;
    }

    /** What is reserved; its address may be "any". */
    public Endpoint local() {
        return local;
    }

    boolean reuseAddress() {
        return reuseAddress;
    }

    boolean isListening() {
        return listening;
    }

    void listening(final boolean now) {
        listening = now;
    }

    /** Gives the port back. Connections that use it go on. */
    public void close() {
        table.remove(this);
    }
}
