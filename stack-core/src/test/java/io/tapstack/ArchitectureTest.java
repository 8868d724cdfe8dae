package io.tapstack;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of docs/architecture.md that a compiler cannot check. */
class ArchitectureTest {

    /** A package may use those below it in this list, and nothing above. */
    private static final List<String> TOP_DOWN = Stream.of(
                    "stack",
                    "tcp.layer",
                    "tcp.connection",
                    "tcp.passive",
                    "tcp.timewait",
                    "tcp.demux",
                    "tcp.fastopen",
                    "tcp.ecn",
                    "tcp.timing",
                    "tcp.segment",
                    "tcp.queue",
                    "tcp",
                    "tcp.recovery",
                    "tcp.congestion",
                    "dhcp",
                    "udp",
                    "icmp.v6",
                    "icmp.v4",
                    "icmp",
                    "ip.v6",
                    "ip.v4",
                    "arp",
                    "ndp",
                    "multicast",
                    "ip",
                    "neighbor",
                    "link",
                    "event",
                    "wire",
                    "buffer",
                    "error",
                    "time")
            .map(name -> "io.tapstack." + name)
            .toList();

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tapstack");

    /** The classes with a thread, a clock or a lock: the driver with its lock. */
    private static final DescribedPredicate<JavaClass> STACK_DRIVER = DescribedPredicate.describe(
            "the driver and the lock",
            type -> type.getName()
                    .matches("io\\.tapstack\\.stack\\.(StackDriver|StackPolls|DriverLock|DeviceWatch)(\\$.*)?"));

    static Stream<String> packages() {
        return TOP_DOWN.stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void arrowsPointDown(final String from) {
        final String[] above = TOP_DOWN.subList(0, TOP_DOWN.indexOf(from)).toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(above)
                .because("arrows point down only: " + String.join(" > ", TOP_DOWN))
                .allowEmptyShould(true)
                .check(CORE);
    }

    /** Classes that use each other in a circle can be understood only together. */
    @Test
    void cyclesOfClassesAreShort() {
        assertThat(ClassCycles.of(CORE))
                .allSatisfy(cycle -> assertThat(cycle).hasSizeLessThanOrEqualTo(ClassCycles.LONGEST));
    }

    @Test
    void everyClassHasAPlaceInTheList() {
        classes()
                .should()
                .resideInAnyPackage(TOP_DOWN.toArray(String[]::new))
                .because("a new package needs a place in the order first")
                .allowEmptyShould(true)
                .check(CORE);
    }

    /** TCP and UDP see addresses, paths and received packets of either version. */
    @Test
    void transportsKnowNoIpVersion() {
        noClasses()
                .that()
                .resideInAnyPackage("io.tapstack.tcp..", "io.tapstack.udp..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.tapstack.ip.v4..",
                        "io.tapstack.ip.v6..",
                        "io.tapstack.icmp..",
                        "io.tapstack.arp..",
                        "io.tapstack.ndp.."))
                .orShould()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are headers of one version",
                        type -> type.getName().matches("io\\.tapstack\\.wire\\.(Ipv[46]Header|Icmp.*)")))
                .because("a transport uses InternetLayer, IpPath and ReceivedPacket")
                .check(CORE);
    }

    @Test
    void coreOwnsNoTimeAndNoThread() {
        noClasses()
                .that(DescribedPredicate.not(STACK_DRIVER))
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("java.util.concurrent.locks"))
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Executor.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Future.class)
                .because("time is an argument, and the caller owns the thread; only the driver has either")
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void noMonitors() {
        methods()
                .should()
                .notHaveModifier(SYNCHRONIZED)
                .because("a monitor pins a virtual thread's carrier, and protocol state is confined, not locked")
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void coreDoesNoInputOrOutput() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.net..", "javax.net..", "jnr..", "sun..", "jdk.."))
                .orShould()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are channels of a network",
                        type -> type.isAssignableTo(java.nio.channels.NetworkChannel.class)
                                || type.isAssignableTo(java.nio.channels.SelectableChannel.class)
                                || type.isAssignableTo(java.nio.channels.Selector.class)))
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("frames go in and out through LinkDevice, and nowhere else")
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void everyFailureIsReproducibleFromASeed() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tapstack.stack")
                .should()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.concurrent.ThreadLocalRandom.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.security.SecureRandom.class)
                .because("secrets and seeds come in through StackConfig")
                .allowEmptyShould(true)
                .check(CORE);
    }
}
