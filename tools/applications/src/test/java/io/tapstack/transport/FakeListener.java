package io.tapstack.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/** A listener that gets its connections from another one, and its transport. */
public abstract class FakeListener implements Listener {

    private final Listener below;

    protected FakeListener(final Listener below) {
        this.below = below;
    }

    /** The transport {@code below} with listeners of another kind. */
    public static Transport transport(final Transport below, final UnaryOperator<Listener> listeners) {
        return new ForwardingTransport(below) {
            @Override
            public Listener listen(final InetSocketAddress local, final int backlog) throws IOException {
                return listeners.apply(super.listen(local, backlog));
            }
        };
    }

    @Override
    public StreamConnection accept() throws IOException {
        return below.accept();
    }

    @Override
    public InetSocketAddress local() {
        return below.local();
    }

    @Override
    public boolean isOpen() {
        return below.isOpen();
    }

    @Override
    public void close() throws IOException {
        below.close();
    }
}
