package io.tapstack.transport;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reports the end of a relay to its listener, whichever of the two arrives first. */
final class RelayEnd {

    private final Consumer<Relay> listener;
    private @Nullable Relay relay;
    private boolean ended;

    RelayEnd(final Consumer<Relay> listener) {
        this.listener = listener;
    }

    synchronized void of(final Relay made) {
        relay = made;
        tellIfBoth();
    }

    synchronized void ended() {
        ended = true;
        tellIfBoth();
    }

    private void tellIfBoth() {
        final Relay made = relay;
        if (ended && made != null) {
            listener.accept(made);
        }
    }
}
