package io.tapstack.cli;

import java.io.IOException;

/** Puts TAP device, stack and sockets together as the options say. */
final class StackSession {

    private StackSession() {}

    static Session open(final LinkOptions link) throws IOException {
        if (link.network() == LinkOptions.Network.KERNEL) {
            return new KernelSession();
        }
        throw new Failure("the stack is not assembled in this build");
    }
}
