package io.tapstack.stack;

/** How a {@link StackDriver} waits when there is nothing to do. */
public enum Waiting {

    /**
     * The driver looks at the device for some microseconds, as long as that pays, and then sleeps. Takes no processor
     * time when the stack is idle.
     */
    ADAPTIVE,

    /**
     * The driver never sleeps: it takes one processor and reacts as fast as it can. Only for a machine with a processor
     * to spare.
     */
    BUSY_POLL
}
