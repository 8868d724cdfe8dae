package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The driver that stands aside, and who brings it back: one thread is everybody, and time stands still. */
class DriverDoorTest {

    private static final long NOW = 1_000_000_000L;

    private final QuietDevice device = new QuietDevice();
    private final FakeStack stack = new FakeStack(device);
    private int recalls;
    private final DriverDoor door = new DriverDoor(stack, () -> NOW, 0, () -> recalls++);

    /** An application polls; the driver looks in, sees it, and stands aside. */
    private void driverStandsAside() {
        door.enter();
        door.drive();
        assertThat(door.wasDriven()).isTrue();
        door.exit();
    }

    private void waitForNothing() throws InterruptedException {
        door.enter();
        assertThat(door.waitPoint().await(NOW)).isFalse();
        door.exit();
    }

    @Test
    void whoeverDrivesOnLeavesTheDriverAside() {
        driverStandsAside();
        for (int i = 0; i < 3; i++) {
            door.enter();
            door.drive();
            door.exit();
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
        // What was driven before the wait is no reason to stand aside again.
        assertThat(door.wasDriven()).isFalse();
    }

    @Test
    void whatIsDeferredRecallsTheDriverOnce() {
        driverStandsAside();
        door.enter();
        door.defer(() -> {});
        assertThat(recalls).as("still inside").isZero();
        door.exit();
        assertThat(recalls).isEqualTo(1);
        door.enter();
        door.defer(() -> {});
        door.exit();
        assertThat(recalls).isEqualTo(1);
    }

    @Test
    void aPollThatFailsRecallsTheDriver() {
        driverStandsAside();
        stack.onPoll = () -> {
            throw new IllegalStateException("a bug, made for this test");
        };
        door.enter();
        door.drive();
        door.exit();
        assertThat(recalls).isEqualTo(1);
    }

    @Test
    void whoComesBackByItselfIsNotRecalled() throws InterruptedException {
        driverStandsAside();
        door.enter();
        door.driverBack();
        door.defer(() -> {});
        door.exit();
        waitForNothing();
        assertThat(recalls).isZero();
    }

    /** A driver at the device is woken there; nobody but one aside needs more. */
    @Test
    void whoSleepsIsWokenByTheDevice() {
        door.enter();
        assertThat(door.wasDriven()).isFalse();
        door.driverRests(Long.MAX_VALUE);
        door.exit();
        assertThat(door.driverFallsAsleep()).isTrue();
        door.enter();
        door.defer(() -> {});
        door.exit();
        assertThat(device.wakeups).hasValue(1);
        assertThat(recalls).isZero();
    }
}
