package io.tapstack.network;

import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackDriver;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.Waiting;
import io.tapstack.time.Clock;
import org.jspecify.annotations.Nullable;

/** A stack in real time, with a thread. */
final class DrivenStack implements HostRunner {

    private final StackDriver driver;

    DrivenStack(final NetworkStack stack, final String name, final Waiting waiting) {
        this.driver = new StackDriver(stack, Clock.system(), name, waiting);
    }

    @Override
    public StackLock stackLock() {
        return driver.stackLock();
    }

    @Override
    public void start() {
        driver.start();
    }

    @Override
    public void close() {
        driver.close();
    }

    @Override
    public @Nullable Throwable failure() {
        return driver.failure();
    }
}
