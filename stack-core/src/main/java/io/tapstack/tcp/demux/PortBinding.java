package io.tapstack.tcp.demux;

import io.tapstack.ip.BoundAddress;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.wire.Endpoint;

/** A reservation in the {@link PortTable}. */
public final class PortBinding implements TcpBinding {

    private final PortTable table;
    private final BoundAddress address;
    private final int port;
    private PortSharing sharing;
    private boolean listening;

    PortBinding(final PortTable table, final BoundAddress address, final int port, final PortSharing sharing) {
        this.table = table;
        this.address = address;
        this.port = port;
        this.sharing = sharing;
    }

    @Override
    public Endpoint local() {
        return new Endpoint(address.address(), port);
    }

    @Override
    public boolean ipv6Only() {
        return address.ipv6Only();
    }

    /** The local addresses of the binding. */
    public BoundAddress address() {
        return address;
    }

    int port() {
        return port;
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
