package io.tapstack.link;

import io.tapstack.wire.Endpoint;

/**
 * The part of one of several stacks that share an address.
 *
 * @param queue its number, from 0; the first one also has all that is not TCP
 */
public record QueueShare(FlowSteering steering, int queue) {

    public QueueShare {
        if (queue < 0 || queue >= steering.queues()) {
            throw new IllegalArgumentException("queue " + queue + " of " + steering.queues());
        }
    }

    /** True if the connection between two endpoints, in either order, belongs to this stack. */
    public boolean owns(final Endpoint one, final Endpoint other) {
        return steering.queue(one, other) == queue;
    }

    /** True for the stack that has all that is not TCP, and that announces the address. */
    public boolean isFirst() {
        return queue == 0;
    }
}
