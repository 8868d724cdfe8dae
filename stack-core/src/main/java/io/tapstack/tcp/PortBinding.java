package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;

/** A reservation in the {@link PortTable}. */
final class PortBinding implements TcpBinding {

    private final PortTable table;
    private final Endpoint local;
    private PortSharing sharing;
    private boolean listening;

    PortBinding(final PortTable table, final Endpoint local, final PortSharing sharing) {
        this.table = table;
        this.local = local;
        this.sharing = sharing;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    PortSharing sharing() {
        return sharing;
    }

    @Override
    public void sharing(final PortSharing with) {
        sharing = with;
    }

    boolean isListening() {
        return listening;
    }

    void listening(final boolean on) {
        listening = on;
    }

    @Override
    public void close() {
        table.remove(this);
    }
}
