package io.tapstack.cli;

import java.util.List;

/**
 * The commands that another module adds to {@code tapstack}: {@link Main} finds the implementations with
 * {@link java.util.ServiceLoader}.
 */
public interface CommandSource {

    /**
     * The commands, each an object with picocli's annotations, in the order of the help.
     *
     * @param sessions sets up the network of a command that needs one
     */
    List<Object> commands(SessionFactory sessions);
}
