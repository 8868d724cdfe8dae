package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.VirtualCable;
import io.tapstack.time.Clock;
import io.tapstack.time.Timer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class StackDriverTest {

    private static final long MILLIS = 1_000_000;
    private static final long HOUR = 3_600_000 * MILLIS;

    private final QuietDevice device = new QuietDevice();
    private final FakeStack stack = new FakeStack(device);
    private final StackDriver driver = new StackDriver(stack, Clock.system(), "driver");
    private final StackLock lock = driver.stackLock();

    @AfterEach
    void close() {
        driver.close();
    }

    // ---- Running

    @Test
    void refusesADeviceThatItCannotWaitAt() {
        final VirtualCable cable = VirtualCable.local(LinkCapabilities.plain(LinkType.ETHERNET, 1_500), 1);
        final LinkDevice device = new ImpairedLink(cable.left(), Impairment.NONE, Impairment.NONE, 1);
        final NetworkStack simulated =
                new NetworkStack(device, StackConfig.of(InterfaceAddress.parse("10.0.0.1/24")), 0);
        assertThatThrownBy(() -> new StackDriver(simulated, Clock.system(), "driver"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the left end of a VirtualCable")
                .hasMessageContaining("MemoryNetwork");
    }

    @Test
    void pollsWhenTheDeviceHasSomething() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final int before = stack.polls.get();
        device.rouse();
        device.sleeps.acquire();
        assertThat(stack.polls.get()).isGreaterThan(before);
    }

    @Test
    void goesOnUntilThereIsNoMore() throws InterruptedException {
        stack.busyPolls = 100;
        driver.start();
        device.sleeps.acquire();
        assertThat(stack.polls.get()).isGreaterThanOrEqualTo(101);
    }

    @Test
    void firesTimersOfApplications() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final CountDownLatch fired = new CountDownLatch(1);
        arm(20 * MILLIS, fired);
        fired.await();
    }

    @Test
    void isWokenForAnEarlierTimerOnly() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        arm(HOUR, new CountDownLatch(1));
        assertThat(device.wakeups).hasValue(1);
        awaitLongSleep();
        arm(2 * HOUR, new CountDownLatch(1));
        assertThat(device.wakeups).hasValue(1);
        arm(HOUR / 2, new CountDownLatch(1));
        assertThat(device.wakeups).hasValue(2);
    }

    @Test
    void isWokenByThoseWhoLeaveToWaitAsWell() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        lock.lock();
        try {
            new Timer(stack.timers, now -> {}).arm(lock.now() + HOUR);
            lock.waitPoint().await(lock.now() + MILLIS);
        } finally {
            lock.unlock();
        }
        assertThat(device.wakeups).hasValue(1);
    }

    @Test
    void isNotWokenByVisitorsWhoLeaveNothing() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        for (int i = 0; i < 1_000; i++) {
            lock.lock();
            lock.unlock();
        }
        assertThat(device.wakeups).hasValue(0);
    }

    @Test
    void isWokenForAPollThatIsWanted() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        lock.lock();
        stack.pollWanted = true;
        lock.unlock();
        device.sleeps.acquire();
        assertThat(device.wakeups).hasValue(1);
    }

    @Test
    void doesNotKeepOthersOut() throws InterruptedException {
        stack.busyPolls = Integer.MAX_VALUE;
        driver.start();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(start(() -> {
                for (int visit = 0; visit < 500; visit++) {
                    lock.lock();
                    lock.unlock();
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void isNotKeptOut() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final int before = stack.polls.get();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(start(() -> {
                while (stack.polls.get() < before + 100) {
                    lock.lock();
                    lock.unlock();
                    device.rouse();
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void cannotBeStartedTwice() {
        driver.start();
        assertThatThrownBy(driver::start).isInstanceOf(IllegalStateException.class);
    }

    // ---- Work left to the driver

    @Test
    void runsWhatWasDeferredAndIsWokenForItOnce() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final List<String> order = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch done = new CountDownLatch(2);
        lock.lock();
        defer(() -> order.add(Thread.currentThread().getName() + " 1"), done);
        defer(() -> order.add(Thread.currentThread().getName() + " 2"), done);
        lock.unlock();
        done.await();
        assertThat(order).containsExactly("driver 1", "driver 2");
        assertThat(device.wakeups).hasValue(1);
    }

    @Test
    void whatIsDeferredDuringAPollRunsAfterIt() throws InterruptedException {
        final List<String> order = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch done = new CountDownLatch(1);
        stack.onPoll = () -> {
            stack.onPoll = () -> {};
            defer(() -> order.add("task"), done);
            order.add("poll");
        };
        driver.start();
        done.await();
        assertThat(order).containsExactly("poll", "task");
    }

    @Test
    void pollsAgainForWhatATaskLeaves() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final CountDownLatch polledAfterwards = new CountDownLatch(1);
        lock.lock();
        lock.defer(() -> {
            stack.pollWanted = true;
            stack.onPoll = polledAfterwards::countDown;
        });
        lock.unlock();
        polledAfterwards.await();
        assertThat(device.wakeups).hasValue(1);
    }

    @Test
    void aTaskThatDefersItselfDoesNotKeepTheStackFromItsWork() throws InterruptedException {
        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch fired = new CountDownLatch(1);
        driver.start();
        lock.lock();
        lock.defer(new Runnable() {
            @Override
            public void run() {
                if (runs.incrementAndGet() == 1) {
                    // Not before: a machine that is busy may take longer than that to come here.
                    new Timer(stack.timers, now -> fired.countDown()).arm(lock.now() + MILLIS);
                }
                if (fired.getCount() > 0) {
                    lock.defer(this);
                }
            }
        });
        lock.unlock();
        fired.await();
        assertThat(runs.get()).isPositive();
    }

    @Test
    void whatIsDeferredAtTheEndStillRuns() {
        final AtomicInteger runs = new AtomicInteger();
        whenEnded(() -> runs.addAndGet(1));
        stack.onClose = () -> lock.defer(() -> runs.addAndGet(10));
        driver.start();
        driver.close();
        lock.lock();
        lock.defer(() -> runs.addAndGet(100));
        lock.unlock();
        assertThat(runs).hasValue(111);
    }

    private void defer(final Runnable task, final CountDownLatch done) {
        lock.defer(() -> {
            task.run();
            done.countDown();
        });
    }

    // ---- Looking before it sleeps

    @Test
    void doesNotLookWhenNothingHappens() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final int looks = device.looks.get();
        for (int i = 0; i < 100; i++) {
            lock.lock();
            lock.unlock();
        }
        assertThat(device.looks.get()).isEqualTo(looks);
    }

    @Test
    void aBusyDriverNeverSleepsAndNeedsNoWakeUp() throws InterruptedException {
        try (StackDriver busy = new StackDriver(stack, Clock.system(), "busy", Waiting.BUSY_POLL)) {
            busy.start();
            for (int i = 0; i < 100; i++) {
                final CountDownLatch fired = new CountDownLatch(1);
                busy.stackLock().lock();
                new Timer(stack.timers, now -> fired.countDown())
                        .arm(busy.stackLock().now() + MILLIS / 10);
                busy.stackLock().unlock();
                fired.await();
                final CountDownLatch polled = new CountDownLatch(1);
                stack.onPoll = polled::countDown;
                device.rouse();
                polled.await();
            }
            assertThat(device.sleeps.availablePermits()).isZero();
            assertThat(device.wakeups).hasValue(0);
        }
        assertThat(device.closed).isTrue();
    }

    /**
     * The driver comes when it is called, whether it polls, falls asleep or sleeps. It is woken up at most once for
     * each sleep.
     */
    @Test
    void isCalledBackFromLookingAndFromSleepAlike() throws InterruptedException {
        driver.start();
        for (int i = 0; i < 20_000; i++) {
            final CountDownLatch ran = new CountDownLatch(1);
            lock.lock();
            lock.defer(ran::countDown);
            lock.unlock();
            ran.await();
        }
        assertThat(device.wakeups.get()).isLessThanOrEqualTo(20_000);
        assertThat(device.looks.get()).isPositive();
    }

    @Test
    void doesNotLookInTheMiddleOfABulkTransfer() throws InterruptedException {
        stack.onPoll = () -> stack.bytesMoved.addAndGet(1_000_000);
        driver.start();
        for (int i = 0; i < 1_000; i++) {
            device.sleeps.acquire();
            device.rouse();
        }
        assertThat(device.looks).hasValue(0);
    }

    // ---- Applications that drive

    @Test
    void standsAsideWhileAnApplicationDrives() throws InterruptedException {
        final Thread application = Thread.currentThread();
        final AtomicInteger byDriver = new AtomicInteger();
        stack.onPoll = () -> byDriver.addAndGet(Thread.currentThread() == application ? 0 : 1);
        driver.start();
        awaitLongSleep();
        final int before = byDriver.get();
        final long start = System.nanoTime();
        int visits = 0;
        while (System.nanoTime() - start < 100 * MILLIS) {
            lock.lock();
            lock.drive();
            lock.unlock();
            device.rouse();
            visits++;
        }
        // 50 us at least between two looks, with some room for times when this thread did not get to run.
        final long most = 2 + (System.nanoTime() - start) / 25_000;
        assertThat(byDriver.get() - before).isLessThan((int) Math.min(most, visits));
    }

    @Test
    void comesBackWhenTheApplicationStops() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        for (int i = 0; i < 100; i++) {
            lock.lock();
            lock.drive();
            lock.unlock();
            device.rouse();
            // The sleep at the device that follows the time aside; without it this test does not end.
            device.sleeps.drainPermits();
            device.sleeps.acquire();
        }
    }

    @Test
    void whatGoesWrongWhileAnApplicationDrivesEndsTheStack() throws InterruptedException {
        final CountDownLatch told = new CountDownLatch(1);
        whenEnded(told::countDown);
        driver.start();
        awaitLongSleep();
        final RuntimeException bug = new IllegalStateException("a bug, made for this test");
        stack.onPoll = () -> {
            throw bug;
        };
        lock.lock();
        lock.drive();
        lock.drive();
        lock.unlock();
        told.await();
        driver.close();
        assertThat(driver.failure()).isSameAs(bug);
    }

    @Test
    void whatTheStackCallsDoesNotDriveIt() throws InterruptedException {
        final AtomicInteger depth = new AtomicInteger();
        final AtomicInteger deepest = new AtomicInteger();
        stack.onPoll = () -> {
            deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
            lock.lock();
            lock.drive();
            lock.unlock();
            depth.decrementAndGet();
        };
        driver.start();
        awaitLongSleep();
        lock.lock();
        lock.drive();
        lock.unlock();
        assertThat(deepest).hasValue(1);
    }

    // ---- Applications that watch the device

    /**
     * Waits until the stack has been polled with something to read: each poll that the device was roused for brings
     * some.
     */
    private void await(final WaitPoint point, final AtomicInteger unread) throws InterruptedException {
        lock.lock();
        try {
            while (unread.get() == 0) {
                point.await(WaitPoint.NEVER);
            }
            unread.set(0);
        } finally {
            lock.unlock();
        }
    }

    private void bringToReader(final WaitPoint point, final AtomicInteger unread, final int bytes) {
        if (device.frames.tryAcquire()) {
            stack.bytesMoved.addAndGet(bytes);
            unread.incrementAndGet();
            point.wakeAll();
        }
    }

    /** Reads 2,000 times. @return how many of the polls that brought something were the driver's */
    private int readByWaiting(final int bytes) throws InterruptedException {
        final AtomicInteger unread = new AtomicInteger();
        final AtomicInteger byDriver = new AtomicInteger();
        final WaitPoint point = lock.waitPoint();
        final Thread reader = Thread.currentThread();
        stack.onPoll = () -> {
            final int before = unread.get();
            bringToReader(point, unread, bytes);
            byDriver.addAndGet(unread.get() > before && Thread.currentThread() != reader ? 1 : 0);
        };
        driver.start();
        for (int i = 0; i < 2_000; i++) {
            device.frames.release();
            device.rouse();
            await(point, unread);
        }
        return byDriver.get();
    }

    @Test
    void whoReadsInBulkPollsTheStackItself() throws InterruptedException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "on one processor no thread polls before it sleeps");
        assertThat(readByWaiting(100_000)).isLessThan(1_000);
    }

    @Test
    void whoReadsLittleLeavesThatToTheDriver() throws InterruptedException {
        assertThat(readByWaiting(100)).isEqualTo(2_000);
    }

    /**
     * Frames that come when the reader has given up watching, or has never begun to, are the driver's; without it this
     * test does not end.
     */
    @Test
    void theDriverTakesOverWhenNothingComes() throws InterruptedException {
        final AtomicInteger unread = new AtomicInteger();
        final WaitPoint point = lock.waitPoint();
        stack.onPoll = () -> bringToReader(point, unread, 100_000);
        driver.start();
        for (int i = 0; i < 200; i++) {
            final int pause = i % 20;
            final Thread sender = start(() -> {
                pause(pause * MILLIS / 10);
                device.frames.release();
                device.rouse();
            });
            await(point, unread);
            sender.join();
        }
    }

    private static void pause(final long nanos) {
        final long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatIsDeferredWhileAnApplicationWatchesIsTheDriversStill() throws InterruptedException {
        final AtomicInteger unread = new AtomicInteger();
        final CountDownLatch tasks = new CountDownLatch(500);
        final WaitPoint point = lock.waitPoint();
        stack.onPoll = () -> {
            final int before = unread.get();
            bringToReader(point, unread, 100_000);
            if (unread.get() > before) {
                lock.defer(() -> {
                    assertThat(Thread.currentThread().getName()).isEqualTo("driver");
                    tasks.countDown();
                });
            }
        };
        driver.start();
        for (int i = 0; i < 500; i++) {
            device.frames.release();
            device.rouse();
            await(point, unread);
        }
        tasks.await();
    }

    @Test
    void whatGoesWrongWhileAnApplicationWatchesEndsTheStack() throws InterruptedException {
        final AtomicInteger unread = new AtomicInteger();
        final WaitPoint point = lock.waitPoint();
        final RuntimeException bug = new IllegalStateException("a bug, made for this test");
        final Thread reader = Thread.currentThread();
        final AtomicInteger polls = new AtomicInteger();
        stack.onPoll = () -> {
            bringToReader(point, unread, 100_000);
            if (Thread.currentThread() == reader && polls.incrementAndGet() == 100) {
                throw bug;
            }
        };
        whenEnded(() -> {
            unread.set(1_000_000);
            point.wakeAll();
        });
        driver.start();
        while (unread.get() < 1_000_000) {
            device.frames.release();
            device.rouse();
            await(point, unread);
            lock.lock();
            unread.set(lock.isEnded() ? 1_000_000 : unread.get());
            lock.unlock();
        }
        driver.close();
        assertThat(driver.failure()).isSameAs(bug);
    }

    @Test
    void anInterruptEndsAWatch() throws InterruptedException {
        final AtomicInteger unread = new AtomicInteger();
        final WaitPoint point = lock.waitPoint();
        final WaitPoint other = lock.waitPoint();
        final AtomicReference<Object> result = new AtomicReference<>();
        // For ever something for another, so that there is always a reason to go on watching.
        stack.onPoll = () -> {
            stack.bytesMoved.addAndGet(100_000);
            other.wakeAll();
            device.rouse();
        };
        driver.start();
        final Thread waiter = start(() -> {
            try {
                await(point, unread);
            } catch (final InterruptedException e) {
                result.set("interrupted");
            }
        });
        pause(20 * MILLIS);
        waiter.interrupt();
        waiter.join();
        assertThat(result).hasValue("interrupted");
    }

    // ---- Waiting

    @Test
    void aWaitEndsWithTheDeadline() throws InterruptedException {
        lock.lock();
        try {
            assertThat(lock.waitPoint().await(lock.now() + MILLIS)).isFalse();
        } finally {
            lock.unlock();
        }
    }

    @Test
    void anInterruptEndsAWaitInside() throws InterruptedException {
        final CountDownLatch waiting = new CountDownLatch(1);
        final AtomicReference<Object> result = new AtomicReference<>();
        final WaitPoint point = lock.waitPoint();
        final Thread waiter = start(() -> {
            lock.lock();
            try {
                waiting.countDown();
                point.await(WaitPoint.NEVER);
            } catch (final InterruptedException e) {
                result.set("interrupted");
            } finally {
                lock.unlock();
            }
        });
        waiting.await();
        waiter.interrupt();
        waiter.join();
        assertThat(result).hasValue("interrupted");
    }

    /**
     * Threads hand a token around at wait points while the driver is busy. No wake-up is lost, and no two threads hold
     * the lock.
     */
    @Test
    void noWakeUpIsLost() throws InterruptedException {
        final int threads = 8;
        final int rounds = 1_000;
        final int[] token = new int[1];
        final AtomicInteger inside = new AtomicInteger();
        final AtomicInteger collisions = new AtomicInteger();
        stack.onPoll = () -> {
            if (inside.getAndSet(1) != 0) {
                collisions.incrementAndGet();
            }
            inside.set(0);
        };
        driver.start();
        final WaitPoint point = lock.waitPoint();
        final List<Thread> players = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            final int self = i;
            players.add(start(() -> {
                for (int round = 0; round < rounds; round++) {
                    lock.lock();
                    try {
                        while (token[0] % threads != self) {
                            point.await(WaitPoint.NEVER);
                        }
                        if (inside.getAndSet(1) != 0) {
                            collisions.incrementAndGet();
                        }
                        token[0]++;
                        point.wakeAll();
                        inside.set(0);
                    } catch (final InterruptedException e) {
                        throw new AssertionError(e);
                    } finally {
                        lock.unlock();
                    }
                    device.rouse();
                }
            }));
        }
        for (final Thread player : players) {
            player.join();
        }
        assertThat(token[0]).isEqualTo(threads * rounds);
        assertThat(collisions).hasValue(0);
    }

    // ---- The end

    @Test
    void closesTheStackThenTellsThenClosesTheDevice() {
        final List<String> order = new ArrayList<>();
        stack.onClose = () -> order.add("stack, device " + (device.closed ? "closed" : "open"));
        whenEnded(() -> order.add("told, device " + (device.closed ? "closed" : "open")));
        driver.start();
        driver.close();
        assertThat(order).containsExactly("stack, device open", "told, device open");
        assertThat(device.closed).isTrue();
        assertThat(driver.failure()).isNull();
    }

    @Test
    void closingTwiceIsClosingOnce() {
        final AtomicInteger closes = new AtomicInteger();
        stack.onClose = closes::incrementAndGet;
        driver.start();
        driver.close();
        driver.close();
        assertThat(closes).hasValue(1);
    }

    @Test
    void aDriverThatNeverRanClosesAsWell() {
        driver.close();
        assertThat(stack.closed).isTrue();
        assertThat(device.closed).isTrue();
        assertThatThrownBy(driver::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFailingDeviceEndsTheStackAndWakesEverybody() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final WaitPoint point = lock.waitPoint();
        whenEnded(point::wakeAll);
        final CountDownLatch waiting = new CountDownLatch(1);
        final Thread waiter = start(() -> {
            lock.lock();
            try {
                waiting.countDown();
                while (!lock.isEnded()) {
                    point.await(WaitPoint.NEVER);
                }
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                lock.unlock();
            }
        });
        waiting.await();
        final IOException gone = new IOException("the device is gone");
        device.failure = gone;
        device.rouse();
        waiter.join();
        driver.close();
        assertThat(driver.failure()).isSameAs(gone);
        assertThat(stack.closed).isTrue();
    }

    @Test
    void aBugInTheStackEndsIt() throws InterruptedException {
        driver.start();
        awaitLongSleep();
        final CountDownLatch told = new CountDownLatch(1);
        whenEnded(told::countDown);
        final RuntimeException bug = new IllegalStateException("a bug, made for this test");
        stack.onPoll = () -> {
            throw bug;
        };
        device.rouse();
        told.await();
        driver.close();
        assertThat(driver.failure()).isSameAs(bug);
        assertThat(device.closed).isTrue();
    }

    @Test
    void everyStepOfTheEndIsTaken() {
        final CountDownLatch told = new CountDownLatch(1);
        stack.onClose = () -> {
            throw new IllegalStateException("close fails, for this test");
        };
        whenEnded(() -> {
            throw new IllegalStateException("a listener fails, for this test");
        });
        whenEnded(told::countDown);
        driver.start();
        driver.close();
        assertThat(told.getCount()).isZero();
        assertThat(device.closed).isTrue();
        assertThat(driver.failure()).hasMessageContaining("close fails");
    }

    @Test
    void whoComesLateIsToldAtOnce() {
        driver.close();
        final AtomicInteger told = new AtomicInteger();
        whenEnded(told::incrementAndGet);
        assertThat(told).hasValue(1);
    }

    // ---- Means

    /** Until the driver sleeps for as long as its timers allow. */
    private void awaitLongSleep() throws InterruptedException {
        device.longSleeps.acquire();
        device.sleeps.drainPermits();
    }

    private void arm(final long delayNanos, final CountDownLatch fired) {
        lock.lock();
        new Timer(stack.timers, now -> fired.countDown()).arm(lock.now() + delayNanos);
        lock.unlock();
    }

    private void whenEnded(final Runnable listener) {
        lock.lock();
        lock.whenEnded(listener);
        lock.unlock();
    }

    private static Thread start(final Runnable work) {
        final Thread thread = new Thread(work);
        thread.start();
        return thread;
    }
}
