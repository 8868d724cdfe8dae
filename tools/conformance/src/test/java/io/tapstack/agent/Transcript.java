package io.tapstack.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of {@code src/test/resources/posix}: sequences of calls, each with an answer. A line is {@code CALL = ANSWER},
 * as {@link PlainCall} writes them; {@code == NAME} begins a sequence, for which everything before is closed and
 * forgotten; {@code #} a comment.
 */
final class Transcript {

    static final List<String> NAMES = List.of(
            "calls", "datagrams", "dual-stack", "epoll", "ipv6", "messages", "options", "ports", "random", "states");

    private static final Path FOLDER = Path.of("src", "test", "resources", "posix");
    private static final String SEQUENCE = "== ";
    private static final String ANSWER = " = ";

    private final Path file;
    private final List<String> lines;

    private Transcript(final String name) throws IOException {
        this.file = FOLDER.resolve(name + ".txt");
        this.lines = Files.readAllLines(file);
    }

    static Transcript named(final String name) throws IOException {
        return new Transcript(name);
    }

    /** Whether Linux of this version, such as 6.18, has given the answers. */
    boolean isFrom(final String kernel) {
        return lines.get(0).equals(title(kernel));
    }

    private static String title(final String kernel) {
        return "# What Linux " + kernel + " answers; LinuxTranscriptIT has recorded it.";
    }

    /** Whose answers are wanted. */
    interface Stack {

        /** Forgets everything, for the next sequence. */
        void reset() throws IOException;

        /** Makes a call. */
        String answer(String call) throws IOException;
    }

    /** The same calls with the answers of {@code stack}. */
    List<String> play(final Stack stack) throws IOException {
        final List<String> played = new ArrayList<>();
        for (final String line : lines) {
            final int end = line.indexOf(ANSWER);
            if (line.startsWith(SEQUENCE)) {
                stack.reset();
                played.add(line);
            } else if (end < 0 || line.startsWith("#")) {
                played.add(line);
            } else {
                final String call = line.substring(0, end);
                played.add(call + ANSWER + stack.answer(call));
            }
        }
        return played;
    }

    /** What is different in {@code played}, line by line, with the sequence that it is in. */
    List<String> differences(final List<String> played) {
        final List<String> differences = new ArrayList<>();
        String sequence = "";
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i);
            if (line.startsWith(SEQUENCE)) {
                sequence = line;
            }
            if (!line.equals(played.get(i))) {
                differences.add(file.getFileName() + ":" + (i + 1) + " " + sequence + ": " + line + ", but now "
                        + played.get(i).substring(played.get(i).indexOf(ANSWER)));
            }
        }
        return differences;
    }

    /** Puts {@code played}, answers of Linux of this version, in the place of this transcript. */
    void store(final List<String> played, final String kernel) throws IOException {
        played.set(0, title(kernel));
        Files.write(file, String.join("\n", played).concat("\n").getBytes(StandardCharsets.UTF_8));
    }
}
