package io.tapstack.tcp.demux;

import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.wire.Endpoint;

/** A reservation in the {@link PortTable}. */
public final class PortBinding implements TcpBinding {

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

    /** The sharing of the port. */
    public PortSharing sharing() {
        return sharing;
    }

    @Override
    public void sharing(final PortSharing with) {
        sharing = with;
    }

    boolean isListening() {
        return listening;
    }

    /** Records whether a listener uses the binding. */
    public void listening(final boolean on) {
        listening = on;
    }

    @Override
    public void close() {
        table.remove(this);
    }
}
