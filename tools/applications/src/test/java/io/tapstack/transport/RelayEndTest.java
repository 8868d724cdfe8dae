package io.tapstack.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RelayEndTest {

    private final Relay relay = new Ended();
    private final List<Relay> told = new ArrayList<>();

    @Test
    void theListenerIsToldOnceWhicheverComesFirst() {
        final RelayEnd relayFirst = new RelayEnd(told::add);
        relayFirst.of(relay);
        assertThat(told).isEmpty();
        relayFirst.ended();
        assertThat(told).containsExactly(relay);
        final RelayEnd endFirst = new RelayEnd(told::add);
        endFirst.ended();
        endFirst.of(relay);
        assertThat(told).containsExactly(relay, relay);
    }

    private static final class Ended extends Relay {

        @Override
        public long forwardBytes() {
            return 0;
        }

        @Override
        public long backBytes() {
            return 0;
        }

        @Override
        public boolean isEnded() {
            return true;
        }

        @Override
        public Optional<String> failure() {
            return Optional.empty();
        }

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }
}
