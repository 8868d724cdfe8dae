package io.tapstack.packetdrill.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.packetdrill.Scripts;
import io.tapstack.packetdrill.play.PlaySettings;
import io.tapstack.packetdrill.play.ScriptPlayer;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Event;
import io.tapstack.packetdrill.script.Script;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.stack.NetworkStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any text as a script: it is parsed and played, or it is refused with the wrong line; no other exception is thrown,
 * and the closed machine has no resource left. The search begins with the scripts among the test resources.
 */
class ScriptFuzzTest {

    private static final String NAME = "fuzz.pkt";
    private static final int MOST_EVENTS = 100;
    private static final long LATEST_MICROS = 1_000_000_000;

    static Stream<byte[]> scripts() {
        return Scripts.all().stream().map(path -> {
            try {
                return Files.readAllBytes(path);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @MethodSource("scripts")
    @FuzzTest
    void parsedAndPlayed(final byte[] input) throws IOException {
        final String text = new String(input, StandardCharsets.UTF_8);
        try {
            final Script script = Script.parse(text, Map.of());
            final PlaySettings settings = new PlaySettings(StackMachine.TOLERANCE_MICROS);
            settings.apply(script.options());
            if (isShort(script)) {
                play(script, settings);
            }
        } catch (final ScriptException e) {
            assertThat(e.describe(NAME)).matches("(?s)" + NAME + ":\\d+: .+");
            final int line = Integer.parseInt(e.describe(NAME).split(":", 3)[1]);
            assertThat((long) line).as("line").isBetween(1L, text.lines().count() + 1);
        }
    }

    /** Time is virtual, but every timer of a year takes a moment. */
    private static boolean isShort(final Script script) {
        return script.events().size() <= MOST_EVENTS && script.events().stream().allMatch(ScriptFuzzTest::isSoon);
    }

    private static boolean isSoon(final Event event) {
        final long end = event.action() instanceof Action.Call call ? call.end().orElse(0) : 0;
        return Math.max(event.time().endMicros(), end) <= LATEST_MICROS;
    }

    private static void play(final Script script, final PlaySettings settings) throws ScriptException, IOException {
        final NetworkStack stack;
        try (StackMachine machine = new StackMachine(settings)) {
            stack = machine.stack();
            new ScriptPlayer(machine, settings, line -> {}).play(script);
        }
        assertThat(stack.tcp().connections()).as("connections left").isEmpty();
        assertThat(stack.pool().packetsInUse()).as("packets left").isZero();
        assertThat(stack.pool().regionsInUse()).as("blocks left").isZero();
        assertThat(stack.timers().armedTimers()).as("timers left").isZero();
    }
}
