package io.tapstack.stack;

/** How a {@link StackDriver} waits when there is nothing to do. */
public enum Waiting {

    /**
     * It sleeps, and looks at the device for some microseconds before, as long as that pays. Takes no processor time
     * when nothing comes.
     */
    ADAPTIVE,

    /**
     * It never sleeps: it takes all of one processor, which nobody else should need, and reacts as fast as it can. On a
     * machine with one processor it would only be in everybody's way.
     */
    BUSY_POLL
}
