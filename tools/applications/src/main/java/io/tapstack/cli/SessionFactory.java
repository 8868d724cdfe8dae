package io.tapstack.cli;

import java.io.IOException;

/** Sets up the network that a command's options describe. */
@FunctionalInterface
public interface SessionFactory {

    /**
     * Opens the network.
     *
     * @throws Failure with a remedy, for what a user can do something about: no permission, a name in use
     */
    Session open(LinkOptions link) throws IOException;
}
