package io.tapstack.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LogThreadTest {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Test
    void linesAreLoggedInOrderBeforeItEnds() {
        final LogThread log = new LogThread("test-log");
        for (int i = 0; i < 100; i++) {
            final String line = "line " + i;
            log.log(() -> lines.add(line));
        }
        log.close();
        assertThat(lines).hasSize(100).startsWith("line 0", "line 1").endsWith("line 99");
    }

    @Test
    void aLineIsLoggedWithoutAnother() throws InterruptedException {
        final CountDownLatch logged = new CountDownLatch(1);
        try (LogThread log = new LogThread("test-log")) {
            log.log(logged::countDown);
            logged.await();
        }
    }

    /** A terminal that stands still, for example. */
    @Test
    void aLogThatDoesNotMoveKeepsNobodyWaiting() throws InterruptedException {
        final LogThread log = new LogThread("test-log");
        final CountDownLatch stands = new CountDownLatch(1);
        final CountDownLatch moves = new CountDownLatch(1);
        log.log(() -> {
            stands.countDown();
            awaitQuietly(moves);
        });
        stands.await();
        for (int i = 0; i < LogThread.LIMIT + 5; i++) {
            log.log(() -> lines.add("more"));
        }
        assertThat(log.hasRoom()).isFalse();
        final Thread patient = new Thread(() -> log.logOrWait(() -> lines.add("the last")));
        patient.start();
        moves.countDown();
        patient.join();
        log.close();
        assertThat(lines).hasSize(LogThread.LIMIT + 1).endsWith("the last");
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
