package io.tapstack.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between the packages of applications, conformance and bench. */
class ToolsArchitectureTest {

    /** A package of the applications may use those below it in this list, and nothing above. */
    private static final List<String> APPLICATIONS =
            List.of("cli", "demo", "proxy", "echo", "httpd", "http.client", "http", "transport", "octets");

    private static final List<String> CONFORMANCE = List.of(
            "conformance.command",
            "packetdrill",
            "packetdrill.play",
            "packetdrill.assertion",
            "packetdrill.kernel",
            "packetdrill.machine",
            "packetdrill.call",
            "packetdrill.packet",
            "packetdrill.script",
            "agent",
            "conformance.setting");

    private static final List<String> BENCH = List.of(
            "bench.command",
            "bench",
            "bench.report",
            "bench.workload",
            "bench.measure",
            "bench.lab",
            "bench.part",
            "bench.micro");

    private static final JavaClasses TOOLS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/tests/") && !location.contains("/jmh_generated/"))
            .importPackages(named(List.of(
                    "cli",
                    "demo",
                    "proxy",
                    "echo",
                    "httpd",
                    "http",
                    "transport",
                    "octets",
                    "conformance",
                    "packetdrill",
                    "agent",
                    "bench")));

    private static String named(final String name) {
        return "io.tapstack." + name;
    }

    private static String[] named(final List<String> names) {
        return names.stream().map(ToolsArchitectureTest::named).toArray(String[]::new);
    }

    static Stream<List<String>> modules() {
        return Stream.of(APPLICATIONS, CONFORMANCE, BENCH);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void arrowsPointDown(final List<String> topDown) {
        for (int i = 1; i < topDown.size(); i++) {
            noClasses()
                    .that()
                    .resideInAPackage(named(topDown.get(i)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(named(topDown.subList(0, i)))
                    .because("arrows point down only: " + String.join(" > ", topDown))
                    .check(TOOLS);
        }
    }

    @Test
    void everyClassHasAPlaceInAList() {
        classes()
                .should()
                .resideInAnyPackage(named(modules().flatMap(List::stream).toList()))
                .because("a new package needs a place in the order first")
                .check(TOOLS);
    }

    @Test
    void noCycleOfPackages() {
        slices().matching("io.tapstack.(**)").should().beFreeOfCycles().check(TOOLS);
    }

    /** The applications are complete without the other two, which know them by the command line and the transport. */
    @Test
    void modulesKnowWhatTheyAreBuiltOn() {
        noClasses()
                .that()
                .resideInAnyPackage(named(APPLICATIONS))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tapstack.conformance..",
                        "io.tapstack.packetdrill..",
                        "io.tapstack.agent..",
                        "io.tapstack.bench..")
                .check(TOOLS);
        noClasses()
                .that()
                .resideInAnyPackage(named(CONFORMANCE))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        named(List.of("demo", "proxy", "echo", "httpd", "http", "http.client", "transport")))
                .check(TOOLS);
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.tapstack.conformance.command", "io.tapstack.bench.command", "io.tapstack.cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tapstack.cli")
                .because("commands are on top")
                .check(TOOLS);
    }
}
