package io.tapstack.transport;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.socket.Splice;
import java.util.Optional;
import java.util.function.Consumer;

/** A relay between two connections of one stack. */
final class SplicedRelay extends Relay {

    private final Splice splice;

    private SplicedRelay(final Splice splice) {
        this.splice = splice;
    }

    static Relay join(
            final TapstackStreamConnection near, final TapstackStreamConnection far, final Consumer<Relay> whenEnded)
            throws SocketErrorException {
        final RelayEnd end = new RelayEnd(whenEnded);
        final Relay relay = new SplicedRelay(
                Splice.join(near.socket().socket(), far.socket().socket(), end::ended));
        end.of(relay);
        return relay;
    }

    @Override
    public long forwardBytes() {
        return splice.forwardBytes();
    }

    @Override
    public long backBytes() {
        return splice.backBytes();
    }

    @Override
    public boolean isEnded() {
        return splice.isEnded();
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(splice.failure()).map(SocketError::name);
    }

    @Override
    public void close() {
        splice.close();
    }

    @Override
    public void abort() {
        splice.abort();
    }
}
