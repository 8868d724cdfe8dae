package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DescriptorGuardTest {

    private final AtomicInteger closed = new AtomicInteger();
    private final DescriptorGuard guard = new DescriptorGuard(closed::incrementAndGet);

    @Test
    void theLastOneOutCloses() {
        assertThat(guard.enter()).isTrue();
        assertThat(guard.enter()).isTrue();
        guard.lock();
        assertThat(guard.enter()).isFalse();
        guard.leave();
        assertThat(closed).hasValue(0);
        guard.leave();
        assertThat(closed).hasValue(1);
    }

    @Test
    void nobodyEntersLater() {
        guard.enter();
        guard.lock();
        guard.leave();
        for (int i = 0; i < 3; i++) {
            assertThat(guard.enter()).isFalse();
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void nobodyIsInsideWhenItCloses() throws InterruptedException {
        for (int round = 0; round < 40; round++) {
            final AtomicInteger inside = new AtomicInteger();
            final AtomicBoolean wrong = new AtomicBoolean();
            final AtomicInteger closings = new AtomicInteger();
            final DescriptorGuard contested = new DescriptorGuard(() -> {
                closings.incrementAndGet();
                wrong.compareAndSet(false, inside.get() != 0);
            });
            final Thread[] users = new Thread[3];
            for (int i = 0; i < users.length; i++) {
                users[i] = new Thread(() -> {
                    while (contested.enter()) {
                        inside.incrementAndGet();
                        inside.decrementAndGet();
                        contested.leave();
                    }
                });
                users[i].start();
            }
            contested.enter();
            contested.lock();
            contested.leave();
            for (final Thread user : users) {
                user.join();
            }
            assertThat(closings).hasValue(1);
            assertThat(wrong).isFalse();
        }
    }
}
