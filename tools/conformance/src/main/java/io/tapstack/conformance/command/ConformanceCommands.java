package io.tapstack.conformance.command;

import io.tapstack.cli.CommandSource;
import io.tapstack.cli.SessionFactory;
import java.util.List;

/** The commands of this module. */
public final class ConformanceCommands implements CommandSource {

    @Override
    public List<Object> commands(final SessionFactory sessions) {
        return List.of(new PacketdrillCommand(), new AgentCommand());
    }
}
