package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The driver that stands aside, and the threads that call it back: one thread plays all of them, and time stands still.
 */
class DriverLockTest {

    private static final long NOW = 1_000_000_000L;

    private final QuietDevice device = new QuietDevice();
    private final FakeStack stack = new FakeStack(device);
    private int recalls;
    private final StackPolls polls = new StackPolls(stack, () -> NOW);
    private final DriverState driver = new DriverState(polls, () -> recalls++);
    private final DriverLock lock = new DriverLock(polls, driver, () -> NOW, 0);

    /** An application polls; the driver sees it, and stands aside. */
    private void driverStandsAside() {
        lock.lock();
        lock.drive();
        assertThat(lock.isDriven()).isTrue();
        polls.clearApplicationPolled();
        driver.aside();
        lock.unlock();
    }

    private void waitForNothing() throws InterruptedException {
        lock.lock();
        assertThat(lock.waitPoint().await(NOW)).isFalse();
        lock.unlock();
    }

    @Test
    void whoeverDrivesOnLeavesTheDriverAside() {
        driverStandsAside();
        for (int i = 0; i < 3; i++) {
            lock.lock();
            lock.drive();
            lock.unlock();
        }
        assertThat(recalls).isZero();
    }

    @Test
    void whoeverWaitsRecallsTheDriverOnce() throws InterruptedException {
        driverStandsAside();
        waitForNothing();
        assertThat(recalls).isEqualTo(1);
        waitForNothing();
        assertThat(recalls).isEqualTo(1);
        // The poll before the wait is no reason to stand aside again.
        assertThat(lock.isDriven()).isFalse();
    }

    @Test
    void whatIsDeferredRecallsTheDriverOnce() {
        driverStandsAside();
        lock.lock();
        lock.defer(() -> {});
        assertThat(recalls).as("still inside").isZero();
        lock.unlock();
        assertThat(recalls).isEqualTo(1);
        lock.lock();
        lock.defer(() -> {});
        lock.unlock();
        assertThat(recalls).isEqualTo(1);
    }

    @Test
    void aPollThatFailsRecallsTheDriver() {
        driverStandsAside();
        stack.onPoll = () -> {
            throw new IllegalStateException("a bug, made for this test");
        };
        lock.lock();
        lock.drive();
        lock.unlock();
        assertThat(recalls).isEqualTo(1);
    }

    @Test
    void whoComesBackByItselfIsNotRecalled() throws InterruptedException {
        driverStandsAside();
        lock.lock();
        driver.running();
        lock.defer(() -> {});
        lock.unlock();
        waitForNothing();
        assertThat(recalls).isZero();
    }

    /** A driver at the device is woken there; only one that stands aside is unparked. */
    @Test
    void whoSleepsIsWokenByTheDevice() {
        lock.lock();
        assertThat(lock.isDriven()).isFalse();
        driver.looks(Long.MAX_VALUE);
        lock.unlock();
        assertThat(driver.fallsAsleep()).isTrue();
        lock.lock();
        lock.defer(() -> {});
        lock.unlock();
        assertThat(device.wakeups).hasValue(1);
        assertThat(recalls).isZero();
    }
}
