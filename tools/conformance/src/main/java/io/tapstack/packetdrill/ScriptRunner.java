package io.tapstack.packetdrill;

import io.tapstack.packetdrill.kernel.KernelMachine;
import io.tapstack.packetdrill.machine.Machine;
import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.machine.StackMachine;
import io.tapstack.packetdrill.play.ScriptPlayer;
import io.tapstack.packetdrill.script.AddressMode;
import io.tapstack.packetdrill.script.Script;
import io.tapstack.packetdrill.script.ScriptException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Plays script files, each against a new machine. Any thread; several at once against the stack, one at a time against
 * the kernel.
 */
public final class ScriptRunner {

    /** The machine under test. */
    public enum Target {
        /** A stack of our own, in virtual time. */
        TAPSTACK,
        /** The Linux kernel, in real time. */
        KERNEL;

        /** The default tolerance of times. */
        public long toleranceMicros() {
            return this == KERNEL ? KernelMachine.TOLERANCE_MICROS : StackMachine.TOLERANCE_MICROS;
        }
    }

    private static final int WARM_UPS = 3;

    private final Target target;
    private final PlaySettings settings;
    private final Map<String, String> definitions;
    private final Consumer<String> log;
    private boolean warm;

    /**
     * @param settings that scripts can override
     * @param definitions values of words in scripts
     * @param log receives packets, if the settings say so, and the names of scripts that are not played
     */
    public ScriptRunner(
            final Target target,
            final PlaySettings settings,
            final Map<String, String> definitions,
            final Consumer<String> log) {
        this.target = target;
        this.settings = settings;
        this.definitions = definitions;
        this.log = log;
    }

    /**
     * Plays one script.
     *
     * @return the error as {@code file:line: error}; empty if there is none
     * @throws IOException if the file cannot be read, or there is no machine to play it against
     */
    public Optional<String> run(final Path file) throws IOException {
        return run(file.toString(), Files.readString(file));
    }

    /**
     * Plays the text of a script.
     *
     * @param name of the script in messages
     */
    public Optional<String> run(final String name, final String text) throws IOException {
        try {
            final Script script = Script.parse(text, definitions, settings.mode());
            final PlaySettings own = settings.copy();
            own.apply(script.options());
            if (!own.modes().contains(own.mode())) {
                log.accept(name + ": not played, it is not for ip_version " + own.mode());
            } else if (target == Target.KERNEL && own.virtualTimeOnly()) {
                log.accept(name + ": not played, it needs virtual time");
            } else if (target == Target.KERNEL && !own.stackSettings().isEmpty()) {
                log.accept(name + ": not played, it is about settings of our own stack");
            } else if (!own.dryRun()) {
                play(script, own);
            }
            return Optional.empty();
        } catch (final ScriptException e) {
            return Optional.of(e.describe(name));
        }
    }

    /**
     * The modes that a script is for.
     *
     * @throws ScriptException if its options are wrong
     */
    public static Set<AddressMode> modes(final String text) throws ScriptException {
        final PlaySettings own = new PlaySettings(0);
        own.apply(Script.options(text));
        return own.modes();
    }

    private void play(final Script script, final PlaySettings own) throws ScriptException, IOException {
        if (target == Target.TAPSTACK) {
            playHere(script, own);
            return;
        }
        if (!warm) {
            warm = true;
            warmUp();
        }
        playElsewhere(script, own);
    }

    /** Makes the JVM load and compile its code before times count. */
    private void warmUp() throws IOException {
        try (InputStream text = ScriptRunner.class.getResourceAsStream("warm-up.pkt")) {
            if (text == null) {
                throw new IllegalStateException("the script for warming up is missing");
            }
            final Script script = Script.parse(new String(text.readAllBytes(), StandardCharsets.UTF_8), Map.of());
            final PlaySettings own = new PlaySettings(0);
            own.apply(script.options());
            for (int i = 0; i < WARM_UPS; i++) {
                playElsewhere(script, own);
            }
        } catch (final ScriptException e) {
            // The kernel may behave differently; the code is warm all the same.
        }
    }

    /** Plays in a thread of its own, which does not return from its namespace. */
    private void playElsewhere(final Script script, final PlaySettings own) throws ScriptException, IOException {
        final PlayThread thread = new PlayThread(script, own);
        thread.start();
        thread.finish();
    }

    private void playHere(final Script script, final PlaySettings own) throws ScriptException, IOException {
        try (Machine machine = target == Target.KERNEL ? new KernelMachine(own) : new StackMachine(own)) {
            new ScriptPlayer(machine, own, log).play(script);
        }
    }

    private final class PlayThread extends Thread {

        private final Script script;
        private final PlaySettings own;
        private Optional<Throwable> failure = Optional.empty();

        PlayThread(final Script script, final PlaySettings own) {
            super("packetdrill");
            this.script = script;
            this.own = own;
        }

        @Override
        public void run() {
            try {
                playHere(script, own);
            } catch (final Exception | Error e) {
                failure = Optional.of(e);
            }
        }

        void finish() throws ScriptException, IOException {
            try {
                join();
            } catch (final InterruptedException e) {
                interrupt();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            if (failure.isEmpty()) {
                return;
            }
            final Throwable thrown = failure.get();
            if (thrown instanceof ScriptException wrong) {
                throw wrong;
            }
            if (thrown instanceof IOException wrong) {
                throw wrong;
            }
            throw new IllegalStateException(thrown);
        }
    }
}
