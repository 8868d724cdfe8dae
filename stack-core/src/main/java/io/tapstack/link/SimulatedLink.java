package io.tapstack.link;

/**
 * A device that is not of the real world: nobody ever waits for it, as all that happens to it happens while somebody
 * runs the stack.
 */
public interface SimulatedLink extends LinkDevice {

    /** True: a simulated device never waits. */
    @Override
    default boolean isReady() {
        return true;
    }

    /** Returns at once. */
    @Override
    default void await(final long timeoutNanos) {}

    /** Does nothing, as nobody waits. */
    @Override
    default void wakeup() {}
}
