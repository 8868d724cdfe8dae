package io.tapstack.cli;

import java.io.IOException;

/** Sets up the network that a command's options describe. */
@FunctionalInterface
public interface SessionFactory {

    /**
     * Opens the network.
     *
     * @throws Failure with a remedy, where the user can do something: a missing permission, a name in use
     */
    Session open(LinkOptions link) throws IOException;
}
