package io.tapstack.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.play.PlaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our scripts played against the Linux kernel, which has to behave the same. */
class PacketdrillIT {

    /** The machine may be busy: times do not matter here. */
    private static final long TOLERANCE_MICROS = 150_000;

    /** A machine that is busy at the wrong moment is no reason to fail. */
    private static final int ATTEMPTS = 3;

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
        final Path script = Scripts.named(name);
        Optional<String> problem = Optional.empty();
        for (int i = 0; i < ATTEMPTS; i++) {
            problem = play(script, new PlaySettings(TOLERANCE_MICROS));
            if (problem.isEmpty()) {
                return;
            }
        }
        assertThat(problem).isEmpty();
    }

    @Test
    void aScriptThatTheKernelDisagreesWithFails() throws IOException {
        // Linux drops a SYN that has a FIN.
        assertThat(play(Scripts.named("open/listen-syn-fin.pkt"), new PlaySettings(TOLERANCE_MICROS)))
                .hasValueSatisfying(problem -> assertThat(problem).contains("nothing was sent"));
    }

    private static Optional<String> play(final Path script, final PlaySettings settings) throws IOException {
        return new ScriptRunner(Target.KERNEL, settings, Map.of(), line -> {}).run(script);
    }
}
