package io.tapstack.conformance.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command lines of packetdrill and the conformance agent: their meaning, and one helpful line for each mistake. */
class ConformanceCommandsTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... arguments) {
        final CommandLine line = Main.commandLine(link -> {
            throw new IOException("no network in this test");
        });
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @Test
    void theHelpListsBoth() {
        assertThat(run()).isZero();
        assertThat(out.toString()).containsSubsequence("serve", "packetdrill", "conformance-agent", "test");
    }

    @Test
    void aMisspeltCommandGetsTheOneThatWasMeant() {
        assertThat(run("packetdril", "x.pkt")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean packetdrill? (see ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "packetdrill",
                "packetdrill --tolerance_usecs soon x.pkt",
                "packetdrill --set mtu=small x.pkt",
                "packetdrill --against moon x.pkt"
            })
    void mistakesAreOneLineAndStatus2(final String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("tapstack").contains("--help").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void filesThatAreNotWhatTheyShouldBe() throws IOException {
        final Path file = Files.writeString(directory.resolve("file"), "x");
        assertThat(run("packetdrill", directory.toString())).isEqualTo(1);
        assertThat(run("packetdrill", directory.resolve("none.pkt").toString())).isEqualTo(1);
        assertThat(run("conformance-agent", "--socket", file.toString())).isEqualTo(1);
        assertThat(run(
                        "conformance-agent",
                        "--socket",
                        directory.resolve("none").resolve("s").toString()))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "tapstack packetdrill: " + directory + " is a directory: name its scripts, such as " + directory
                                + "/*.pkt",
                        "tapstack packetdrill: " + directory + "/none.pkt: no such file or directory",
                        "tapstack conformance-agent: " + file + ": is there and no socket: take another path",
                        "tapstack conformance-agent: " + directory + "/none/s: No such file or directory");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "                                | Missing required option: '--socket=PATH'",
                "--socket s --link eth0          | --link eth0 is neither agent nor tap:NAME",
                "--socket s --link tap:          | --link tap: is neither agent nor tap:NAME",
                "--socket s --clock virtual --link tap:t | a TAP's frames come in real time: --link tap:NAME needs --clock real",
                "--socket s --clock sundial      | Invalid value for option '--clock'",
                "--socket s --local 10.0.0.0/24  | --local 10.0.0.0/24 is not the address of a host",
                "--socket s --local 255.255.255.255/32  | --local 255.255.255.255/32 is not the address of a host",
                "--socket s --gateway 10.1.0.1   | --gateway 10.1.0.1 is not in the network of --local 10.0.0.2/24",
                "--socket s --local 10.0.0.2/24 --local 10.0.0.3/24 | --local is given twice for one family",
                "--socket s --local fd00::2/64 --gateway 10.0.0.1 | --gateway 10.0.0.1 is not in the network of --local fd00::2/64",
                "--socket s --local fd00::2/64 --gateway fd01::1 | --gateway fd01::1 is not in the network of --local fd00::2/64",
                "--socket s --gateway fd00::1 --gateway fd00::3 | --gateway is given twice for one family",
                "--socket s --local ff02::1/64    | --local ff02::1/64 is not the address of a host",
                "--socket s --set mtu=1          | 'mtu=1' has a value that makes no sense: not a number from ",
                "--socket s --set sack=maybe     | 'sack=maybe' has a value that makes no sense: neither on nor off",
                "--socket s --set cc=vegas       | 'cc=vegas' has a value that makes no sense: no congestion control vegas: there are bbr,",
                "--socket s --set nonesuch=1     | 'nonesuch=1' is not key=value with one of the keys abe, cc, "
            })
    void conformanceAgentMistakes(final @Nullable String arguments, final String complaint) {
        final String[] words =
                arguments == null ? new String[0] : arguments.trim().split(" +");
        final String[] all = new String[words.length + 1];
        all[0] = "conformance-agent";
        System.arraycopy(words, 0, all, 1, words.length);
        assertThat(run(all)).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("tapstack conformance-agent: " + complaint)
                .endsWith("\n");
        assertThat(err.toString().trim().lines()).hasSize(1);
    }
}
