package io.tapstack.link;

import io.tapstack.testing.SwallowingLink;

/** A device that notes how long it was asked to wait. */
final class TimeoutProbe extends SwallowingLink {

    long timeoutNanos;

    TimeoutProbe() {
        super(LinkType.IP);
    }

    @Override
    public void await(final long newTimeoutNanos) {
        timeoutNanos = newTimeoutNanos;
    }
}
