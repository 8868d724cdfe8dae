package io.tapstack.agent;

import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;

/** A device that stays open when its stack is closed, for the next stack. */
final class BorrowedDevice extends ForwardingLink {

    BorrowedDevice(final LinkDevice device) {
        super(device);
    }

    @Override
    public void close() {
        // The owner closes the device.
    }
}
