package io.tapstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the tables of the documentation: each class, test and script of a row exists, and the tests of a row of
 * docs/rfc.md mention its RFC. docs/rfc9293.md has each requirement of RFC 9293 once, with a script or test that
 * mentions its number, or a reason why it is not met.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Path SCRIPTS = ROOT.resolve("tools/conformance/src/test/resources/packetdrill");

    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern CLASS = Pattern.compile("[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*");
    private static final Pattern TEST = Pattern.compile("[A-Z][A-Za-z0-9]*(Test|IT|Contract)");
    private static final Pattern TESTS =
            Pattern.compile("@(Test|ParameterizedTest|TestFactory|RepeatedTest|FuzzTest)\\b");
    private static final Pattern RFC = Pattern.compile("(?<![.\\d])\\d{3,4}(?![.\\d])");

    private static final Pattern REQUIREMENT = Pattern.compile("(MUST|SHLD|MAY|REC)-\\d+");

    /** The number of requirements of each kind in RFC 9293. */
    private static final Map<String, Integer> REQUIREMENTS = Map.of("MUST", 69, "SHLD", 31, "MAY", 18, "REC", 1);

    private static final Map<String, List<Path>> SOURCES = sources();
    private static final List<Path> ALL_SCRIPTS = files(SCRIPTS, ".pkt");

    /** One line of a table. */
    record Row(String document, int line, List<String> cells) {

        String last() {
            return cells.get(cells.size() - 1);
        }

        /** True for a row of docs/rfc.md about an implemented RFC. */
        boolean claims() {
            return cells.size() == 5 && !cells.get(2).startsWith("not");
        }

        /** True for a requirement that is met differently, or not at all, by its note. */
        boolean isNotMet() {
            return last().startsWith("not");
        }

        /** The number of a requirement of RFC 9293, or the section of one that has none. */
        String requirement() {
            return cells.get(0);
        }

        /** The cell of docs/rfc9293.md with scripts and tests; a note follows. */
        String proof() {
            return cells.get(cells.size() - 2);
        }

        @Override
        public String toString() {
            return document + ":" + line;
        }
    }

    static Stream<Row> rows() throws IOException {
        return Stream.of(rowsOf("rfc.md"), rowsOf("rfc9293.md"), rowsOf("field-faults.md"), rowsOf("architecture.md"))
                .flatMap(List::stream);
    }

    static Stream<Row> claims() throws IOException {
        return rowsOf("rfc.md").stream().filter(Row::claims);
    }

    static Stream<Row> requirements() throws IOException {
        return rowsOf("rfc9293.md").stream();
    }

    static Stream<Row> faults() throws IOException {
        return rowsOf("field-faults.md").stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void namedClassesExist(final Row row) {
        for (final String name : names(String.join(" ", row.cells()))) {
            final String type = name.replaceFirst("#.*", "");
            if (CLASS.matcher(type).matches()) {
                assertThat(SOURCES).as("%s names %s", row, name).containsKey(type);
            }
        }
    }

    /** Each class of TCP stands in the table of docs/architecture.md. */
    @Test
    void classesOfTcpHaveARow() throws IOException {
        final List<String> named = rowsOf("architecture.md").stream()
                .flatMap(row -> names(String.join(" ", row.cells())).stream())
                .toList();
        final List<String> classes = files(ROOT.resolve("stack-core/src/main/java/io/tapstack/tcp"), ".java").stream()
                .map(file ->
                        Objects.requireNonNull(file.getFileName()).toString().replace(".java", ""))
                .filter(name -> !name.equals("package-info"))
                .toList();
        assertThat(named).containsAll(classes);
    }

    /** The method of a test named as {@code Class#method} exists. */
    @ParameterizedTest
    @MethodSource("rows")
    void namedMethodsExist(final Row row) throws IOException {
        for (final String name : names(String.join(" ", row.cells()))) {
            final int hash = name.indexOf('#');
            if (hash > 0) {
                assertThat(read(SOURCES.getOrDefault(name.substring(0, hash), List.of())))
                        .as("%s names %s", row, name)
                        .contains("void " + name.substring(hash + 1) + "(");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void namedScriptsExist(final Row row) {
        for (final String name : names(String.join(" ", row.cells()))) {
            if (name.endsWith(".pkt")) {
                assertThat(scripts(name)).as("%s names %s", row, name).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("claims")
    void testsSpeakOfTheRfc(final Row row) throws IOException {
        final String text = evidence(row, row.last());
        // An RFC in brackets is named for the reader only.
        final List<String> numbers = RFC.matcher(row.cells().get(0).replaceAll("\\([^)]*\\)", ""))
                .results()
                .map(MatchResult::group)
                .toList();
        for (final String number : numbers) {
            assertThat(Pattern.compile("\\b" + number + "\\b").matcher(text).find())
                    .as("%s: its tests speak of RFC %s", row, number)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void faultsAreShown(final Row row) throws IOException {
        assertThat(evidence(row, row.last())).as("%s", row).isNotEmpty();
    }

    /** MUST-1 to MUST-69 and so on: each exactly once. */
    @Test
    void eachRequirementIsThereOnce() throws IOException {
        final List<String> expected = new ArrayList<>();
        REQUIREMENTS.forEach(
                (kind, count) -> IntStream.rangeClosed(1, count).forEach(n -> expected.add(kind + "-" + n)));
        assertThat(requirements().map(Row::requirement).filter(REQUIREMENT.asMatchPredicate()))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    /** A named script or test mentions the number; without one, the note gives the reason. */
    @ParameterizedTest
    @MethodSource("requirements")
    void requirementsAreShownOrExplained(final Row row) throws IOException {
        if (row.isNotMet() && names(row.proof()).isEmpty()) {
            assertThat(row.last()).as("%s says why", row).matches("not[,: ].{5,}");
            return;
        }
        final String text = evidence(row, row.proof());
        if (REQUIREMENT.matcher(row.requirement()).matches()) {
            assertThat(Pattern.compile("\\b" + row.requirement() + "\\b")
                            .matcher(text)
                            .find())
                    .as("%s: a script or test speaks of %s", row, row.requirement())
                    .isTrue();
        }
    }

    /** The text of the tests and scripts of a cell, at least one. */
    private static String evidence(final Row row, final String cell) throws IOException {
        final List<Path> files = new ArrayList<>();
        for (final String reference : names(cell)) {
            final String name = reference.replaceFirst("#.*", "");
            if (TEST.matcher(name).matches()) {
                final List<Path> sources = SOURCES.getOrDefault(name, List.of());
                assertThat(read(sources)).as("%s names %s", row, name).containsPattern(TESTS);
                files.addAll(sources);
            } else if (name.endsWith(".pkt")) {
                files.addAll(scripts(name));
            } else if (Files.isDirectory(SCRIPTS.resolve(name))) {
                files.addAll(scripts(name + "/*.pkt"));
            }
        }
        assertThat(files).as("%s names a test", row).isNotEmpty();
        return read(files);
    }

    private static List<Row> rowsOf(final String document) throws IOException {
        final List<Row> rows = new ArrayList<>();
        final List<String> lines = Files.readAllLines(ROOT.resolve("docs").resolve(document));
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i);
            final boolean heading = i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
            if (line.startsWith("|") && !line.startsWith("|---") && !heading) {
                final String inside = line.substring(1, line.lastIndexOf('|'));
                final List<String> cells =
                        Stream.of(inside.split("\\|", -1)).map(String::strip).toList();
                rows.add(new Row(document, i + 1, cells));
            }
        }
        assertThat(rows).isNotEmpty();
        return rows;
    }

    private static List<String> names(final String text) {
        return NAME.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static List<Path> scripts(final String glob) {
        final PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        return ALL_SCRIPTS.stream()
                .filter(file -> matcher.matches(SCRIPTS.relativize(file)))
                .toList();
    }

    private static String read(final List<Path> files) throws IOException {
        final StringBuilder text = new StringBuilder();
        for (final Path file : files) {
            text.append(Files.readString(file));
        }
        return text.toString();
    }

    /** Java files by the name of their class. */
    private static Map<String, List<Path>> sources() {
        try (Stream<Path> modules = Files.list(ROOT);
                Stream<Path> tools = Files.list(ROOT.resolve("tools"))) {
            return Stream.concat(modules, tools)
                    .map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(folder -> files(folder, ".java").stream())
                    .collect(Collectors.groupingBy(file -> Objects.requireNonNull(file.getFileName())
                            .toString()
                            .replace(".java", "")));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(final Path folder, final String suffix) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** docs/embedding.md names the packages that the modules export, and no others. */
    @Test
    void publicPackagesAreExported() throws IOException {
        final List<String> exported = new ArrayList<>();
        for (final String module : List.of("stack-core", "stack-tap", "stack-socket", "stack-names")) {
            final String descriptor = Files.readString(ROOT.resolve(module + "/src/main/java/module-info.java"));
            Pattern.compile("exports ([a-z0-9.]+);")
                    .matcher(descriptor)
                    .results()
                    .forEach(export -> exported.add(export.group(1)));
        }
        final String page = Files.readString(ROOT.resolve("docs/embedding.md"));
        final String chapter = page.substring(page.indexOf("## What is public"));
        final List<String> documented = NAME.matcher(chapter)
                .results()
                .map(name -> name.group(1))
                .filter(name -> name.startsWith("io.tapstack."))
                .toList();
        assertThat(documented).containsExactlyInAnyOrderElementsOf(exported);
    }
}
