package io.tapstack.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.script.AddressMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our scripts played against the Linux kernel, which has to behave the same. */
class PacketdrillIT {

    /** The machine may be busy: times do not matter here. */
    private static final long TOLERANCE_MICROS = 150_000;

    /** A machine that is busy at the wrong moment is no reason to fail. */
    private static final int SAMPLE = 5;

    private static final int ATTEMPTS = 3;

    private static final Path TCP_ECN = Path.of("/proc/sys/net/ipv4/tcp_ecn");
    private static final Set<String> REFUSED = new HashSet<>();
    private static final Pattern ACCURATE = Pattern.compile("net\\.ipv4\\.tcp_ecn=([345])");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open/passive.pkt",
                "open/active.pkt",
                "open/syn-sent-reset-without-ack.pkt",
                "close/simultaneous.pkt",
                "close/linger-zero.pkt",
                "data/out-of-order.pkt",
                "field/fin-behind-closed-window.pkt",
                "field/handshake-echo-never-sent.pkt",
                "field/handshake-ts-recent.pkt",
                "field/keepalive-user-timeout.pkt",
                "field/peer-sequence-wraps.pkt",
                "field/sack-nonsense.pkt",
                "field/syn-sent-echo-never-sent.pkt",
                "field/timestamp-wraps.pkt",
                "field/urgent-in-syn.pkt",
                "timestamps/paws.pkt",
                "reset/in-window.pkt",
                "icmp/frag-needed.pkt",
                "udp/port-unreachable.pkt",
                "readiness/epoll-edge.pkt",
                "info/states.pkt",
                "info/sender.pkt",
                "info/receiver.pkt",
                "info/losses.pkt",
                "info/reordering.pkt",
                "info/limited.pkt",
                "info/timeout.pkt",
                "info/syn-timeout.pkt",
                "info/listen.pkt",
                "info/last-ack.pkt",
            })
    void theKernelAgrees(final String name) throws IOException {
        assertThat(problemWith(Scripts.named(name))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open/passive.pkt",
                "open/active.pkt",
                "close/simultaneous.pkt",
                "data/out-of-order.pkt",
                "icmp/host-unreachable-in-syn-sent.pkt",
                "syn-cookies/forged.pkt",
                "udp/port-unreachable.pkt",
                "messages/timestamping-udp.pkt",
            })
    void theKernelAgreesInEachMode(final String name) throws IOException {
        final Path script = Scripts.named(name);
        assertThat(problemWith(script, AddressMode.IPV6)).isEmpty();
        assertThat(problemWith(script, AddressMode.IPV4_MAPPED_IPV6)).isEmpty();
    }

    static Stream<String> ipv6() {
        // Linux probes with other sizes.
        final List<String> all = names("ipv6")
                .filter(name -> !name.equals("ipv6/mtu-probing.pkt"))
                .sorted()
                .toList();
        return Boolean.getBoolean("tapstack.slow")
                ? all.stream()
                : IntStream.range(0, all.size()).filter(i -> i % SAMPLE == 0).mapToObj(all::get);
    }

    /** What IPv6 has of its own: all of it with {@code -Dtapstack.slow=true}, as the kernel takes a second for each. */
    @ParameterizedTest
    @MethodSource("ipv6")
    void theKernelAgreesOnIpv6(final String name) throws IOException {
        assertThat(problemWith(Scripts.named(name))).isEmpty();
    }

    static Stream<String> controlMessages() {
        return names("messages");
    }

    /** What comes beside the data: errors, time stamps, completed sends. */
    @ParameterizedTest
    @MethodSource("controlMessages")
    void theKernelHasTheSameMessages(final String name) throws IOException {
        assertThat(problemWith(Scripts.named(name))).isEmpty();
    }

    static Stream<String> accurateEcn() {
        return names("accecn");
    }

    /**
     * Linux 6.18 knows RFC 9768, but not how to turn it on: it refuses tcp_ecn from 3 to 5 with EINVAL. A script is
     * left out for this reason alone; on a kernel that takes the values, it has to agree.
     */
    @ParameterizedTest
    @MethodSource("accurateEcn")
    void theKernelAgreesOnAccurateEcnIfItHasIt(final String name) throws IOException {
        final Path script = Scripts.named(name);
        final Matcher value = ACCURATE.matcher(text(script));
        if (value.find() && !takesEcn(value.group(1))) {
            // What the player says of it is looked at once: to set up the kernel for a script takes half a second.
            if (REFUSED.add(value.group(1))) {
                assertThat(play(script, AddressMode.IPV4))
                        .get()
                        .asString()
                        .endsWith("bad value for sysctl net.ipv4.tcp_ecn: " + value.group(1));
            }
            abort("the kernel refuses tcp_ecn=" + value.group(1));
        }
        assertThat(problemWith(script)).isEmpty();
    }

    /** Asks the kernel, and leaves the parameter as it was. */
    private static boolean takesEcn(final String value) throws IOException {
        final String before = Files.readString(TCP_ECN);
        try {
            Files.writeString(TCP_ECN, value);
            return true;
        } catch (final IOException e) {
            assertThat(e).hasMessageContaining("Invalid argument");
            return false;
        } finally {
            Files.writeString(TCP_ECN, before);
        }
    }

    /** The scripts of a topic, but for those about settings that are our stack's alone. */
    private static Stream<String> names(final String topic) {
        return Scripts.in(Scripts.named(topic)).stream()
                .filter(script -> !text(script).contains("--stack="))
                .map(script -> topic + '/' + Scripts.name(script));
    }

    private static String text(final Path script) {
        try {
            return Files.readString(script);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong each time that the script is played, or nothing. */
    private static Optional<String> problemWith(final Path script) throws IOException {
        return problemWith(script, AddressMode.IPV4);
    }

    private static Optional<String> problemWith(final Path script, final AddressMode mode) throws IOException {
        Optional<String> problem = Optional.empty();
        for (int i = 0; i < ATTEMPTS; i++) {
            problem = play(script, mode);
            if (problem.isEmpty()) {
                break;
            }
        }
        return problem;
    }

    @Test
    void aScriptThatTheKernelDisagreesWithFails() throws IOException {
        // Linux drops a SYN that has a FIN.
        assertThat(play(Scripts.named("open/listen-syn-fin.pkt"), AddressMode.IPV4))
                .hasValueSatisfying(problem -> assertThat(problem).contains("nothing was sent"));
    }

    private static Optional<String> play(final Path script, final AddressMode mode) throws IOException {
        final PlaySettings settings = Scripts.settings(script, mode, TOLERANCE_MICROS);
        return new ScriptRunner(Target.KERNEL, settings, Map.of(), line -> {}).run(script);
    }
}
