package io.tapstack.link;

/** A device in memory. No thread ever waits for it, as all its events happen in calls of the stack. */
public interface SimulatedLink extends LinkDevice {

    @Override
    default boolean isSimulated() {
        return true;
    }

    /** True: a simulated device never waits. */
    @Override
    default boolean isReady() {
        return true;
    }

    /** Returns at once. */
    @Override
    default void await(final long timeoutNanos) {}

    /** Does nothing, as no thread waits. */
    @Override
    default void wakeup() {}
}
