package io.tapstack.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The code in the documentation is that of the examples, which are compiled and run. A block names its source in the
 * line above, {@code <!-- EchoOnTap.java, server -->}: what stands there between {@code tag::server[]} and
 * {@code end::server[]}. With {@code -Dtapstack.examples=store} the test writes the blocks instead.
 */
final class DocumentedExamplesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path SOURCES = Path.of("src/main/java/io/tapstack/examples");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^<!-- (\\w+\\.java), (\\w+) -->\n```java\n(.*?)^```$");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/embedding.md"})
    void codeIsThatOfTheExamples(final String document) throws IOException {
        final Path file = ROOT.resolve(document);
        final String text = Files.readString(file);
        final Matcher blocks = BLOCK.matcher(text);
        if (System.getProperty("tapstack.examples", "").equals("store")) {
            Files.writeString(file, blocks.replaceAll(block -> Matcher.quoteReplacement(written(block))));
            return;
        }
        assertThat(text).as("Java in %s without a source", document).doesNotContainPattern("(?m)(?<!-->\n)^```java");
        assertThat(blocks.results()).as("blocks in %s", document).isNotEmpty().allSatisfy(block -> {
            assertThat(block.group(3))
                    .as("%s, tag %s; -Dtapstack.examples=store writes it", block.group(1), block.group(2))
                    .isEqualTo(region(block.group(1), block.group(2)));
        });
    }

    private static String written(final MatchResult block) {
        return "<!-- " + block.group(1) + ", " + block.group(2) + " -->\n```java\n"
                + region(block.group(1), block.group(2)) + "```";
    }

    /** The lines of a region, which may be in several pieces, moved to the left. */
    private static String region(final String source, final String tag) {
        final StringBuilder lines = new StringBuilder();
        boolean inside = false;
        for (final String line : lines(SOURCES.resolve(source))) {
            if (line.strip().equals("// tag::" + tag + "[]")) {
                inside = true;
            } else if (line.strip().equals("// end::" + tag + "[]")) {
                inside = false;
            } else if (inside) {
                lines.append(line).append('\n');
            }
        }
        assertThat(lines).as("tag %s in %s", tag, source).isNotEmpty();
        return lines.toString().stripTrailing().stripIndent() + "\n";
    }

    private static List<String> lines(final Path source) {
        try (Stream<String> lines = Files.lines(source)) {
            return lines.toList();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
