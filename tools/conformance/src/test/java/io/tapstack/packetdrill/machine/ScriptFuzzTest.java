package io.tapstack.packetdrill.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.packetdrill.Scripts;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any text as a script: it is parsed and played, or it is refused with the wrong line; no other exception is thrown,
 * and the closed machine has no resource left. The search begins with the scripts among the test resources.
 */
class ScriptFuzzTest {

    private static final String NAME = "fuzz.pkt";
    private static final int MOST_EVENTS = 100;
    private static final long LATEST_MICROS = 1_000_000_000;

    private static final int TEXTS = 100;
    /** Of which scripts are made. */
    private static final String CHARACTERS = "0123456789 .:,;<>(){}[]=+-*/|&'\"`~#%$SFRPUEWACackwinmssopen\t\0\u20ac";

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
        isRight(new String(input, StandardCharsets.UTF_8));
    }

    /** The same without a fuzzer, so that every test run explores the same texts: scripts of ours, damaged. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anythingAtRandom(final long seed) throws IOException {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<Path> all = Scripts.all();
        int right = 0;
        for (int i = 0; i < TEXTS; i++) {
            right += isRight(damaged(Files.readString(all.get(random.nextInt(all.size()))), random)) ? 1 : 0;
        }
        assertThat(right).as("scripts that were taken").isBetween(1, TEXTS - 1);
    }

    /** {@code script} with up to three lines that are missing, come twice or earlier, or have another character. */
    private static String damaged(final String script, final SplittableRandom random) {
        final List<String> lines = new ArrayList<>(script.lines().toList());
        for (int faults = random.nextInt(1, 4); faults > 0; faults--) {
            final int at = random.nextInt(lines.size());
            final String line = lines.get(at);
            switch (random.nextInt(4)) {
                case 0 -> lines.set(at, "");
                case 1 -> lines.add(at, line);
                case 2 -> lines.set(at, lines.set(random.nextInt(lines.size()), line));
                default -> lines.set(at, withAnotherCharacter(line, random));
            }
        }
        return String.join("\n", lines);
    }

    private static String withAnotherCharacter(final String line, final SplittableRandom random) {
        final int at = random.nextInt(line.length() + 1);
        final char character = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
        return line.substring(0, at) + character + line.substring(Math.min(line.length(), at + random.nextInt(2)));
    }

    /**
     * Parses {@code text} and plays it.
     *
     * @return whether it is a script of which the stack has done all
     */
    private static boolean isRight(final String text) throws IOException {
        try {
            final Script script = Script.parse(text, Map.of());
            final PlaySettings settings = new PlaySettings(StackMachine.TOLERANCE_MICROS);
            settings.apply(script.options());
            if (isShort(script)) {
                play(script, settings);
            }
            return true;
        } catch (final ScriptException e) {
            assertThat(e.describe(NAME)).matches("(?s)" + NAME + ":\\d+: .+");
            final int line = Integer.parseInt(e.describe(NAME).split(":", 3)[1]);
            assertThat((long) line).as("line").isBetween(1L, text.lines().count() + 1);
            return false;
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
