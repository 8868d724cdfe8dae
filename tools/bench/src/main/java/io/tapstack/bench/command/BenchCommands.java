package io.tapstack.bench.command;

import io.tapstack.cli.CommandSource;
import io.tapstack.cli.SessionFactory;
import java.util.List;

/** The commands of this module. */
public final class BenchCommands implements CommandSource {

    @Override
    public List<Object> commands(final SessionFactory sessions) {
        return List.of(new BenchCommand(), new BenchServerCommand(sessions));
    }
}
