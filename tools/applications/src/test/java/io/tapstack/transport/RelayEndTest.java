package io.tapstack.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class RelayEndTest {

    private final Relay relay = new Ended();
    private final List<Relay> told = new ArrayList<>();

    @Test
    void theListenerIsToldOnceWhicheverComesFirst() {
        final RelayEnd relayFirst = new RelayEnd(Runnable::run, told::add);
        relayFirst.of(relay);
        assertThat(told).isEmpty();
        relayFirst.ended();
        assertThat(told).containsExactly(relay);
        final RelayEnd endFirst = new RelayEnd(Runnable::run, told::add);
        endFirst.ended();
        endFirst.of(relay);
        assertThat(told).containsExactly(relay, relay);
    }

    /** The stack's own thread reports the end, and an exception would end the stack with all its connections. */
    @Test
    void theStackDoesNotHearOfAThreadThatCannotBeHad() {
        final Executor closed = task -> {
            throw new RejectedExecutionException();
        };
        final Executor exhausted = task -> {
            throw new OutOfMemoryError("unable to create native thread, for this test");
        };
        for (final Executor threads : List.of(closed, exhausted)) {
            told.clear();
            final RelayEnd end = new RelayEnd(threads, told::add);
            end.of(relay);
            assertThatCode(end::ended).doesNotThrowAnyException();
            assertThat(told).containsExactly(relay);
        }
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
