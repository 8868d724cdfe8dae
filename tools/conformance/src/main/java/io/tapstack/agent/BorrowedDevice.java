package io.tapstack.agent;

import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;

/** A device that stays open when the stack that uses it is closed: the next stack is to have it, too. */
final class BorrowedDevice extends ForwardingLink {

    BorrowedDevice(final LinkDevice device) {
        super(device);
    }

    @Override
    public void close() {
        // It is its owner's.
    }
}
