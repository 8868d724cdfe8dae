package io.tapstack.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.machine.PlaySettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runner's messages about wrong scripts, and about a stack that behaves differently. */
class ScriptRunnerTest {

    private static final String LISTEN = """
            0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0 bind(3, ..., ...) = 0
            +0 listen(3, 1) = 0
            """;

    private static final String ESTABLISHED = LISTEN + """
            +0 < S 0:0(0) win 65535 <mss 1000>
            +0 > S. 0:0(0) ack 1 <mss 1460>
            +.1 < . 1:1(0) ack 1 win 65535
            +0 accept(3, ..., ...) = 4
            """;

    private final PlaySettings settings = new PlaySettings(4_000);
    private final List<String> log = new ArrayList<>();

    private String play(final String text) throws IOException {
        return new ScriptRunner(Target.TAPSTACK, settings, Map.of("COOKIE", "abcd1234"), log::add)
                .run("x.pkt", text)
                .orElse("");
    }

    @Test
    void aScriptThatIsRightSaysNothing() throws IOException {
        assertThat(play(ESTABLISHED)).isEmpty();
    }

    // ---- Wrong scripts

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "0 < S 0:0(0) <mss 1000>                 => win is needed in a packet to the stack",
                "0 < S 0:1(0) win 1                      => inconsistent TCP sequence numbers and payload size",
                "0 < S 0:0(0) win 65536                  => TCP window value out of range: 65536",
                "0 < X 0:0(0) win 1                      => syntax error at 'X': expected TCP flags",
                "0 < S 0:0(0) win 1 <mss 1000,nop>       => TCP options are not padded to a multiple of 4 bytes: 1 excess bytes",
                "0 < S 0:0(0) win 1 <...>                => <...> for TCP options is for packets from the stack only",
                "* < S 0:0(0) win 1                      => event time * can only be used with packets from the stack",
                "0~1 close(3) = 0                        => event time range can only be used with packets from the stack",
                "0 close(3)                              => syntax error at the end of the script: expected '='",
                "0 close(3 = 0                           => syntax error at '=': expected ')'",
                "close(3) = 0                            => syntax error at 'close': expected a time in seconds",
                "0 /* never ends                         => syntax error: this comment has no end",
                "0 < icmp unreachable mars               => bad ICMP code mars",
            })
    void syntaxErrorsHaveALine(final String event, final String message) throws IOException {
        assertThat(play("// a comment\n" + event)).isEqualTo("x.pkt:2: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "0 splice(3, 0, 4, 0, 10, 0) = 10        => system call splice",
                "0 socket(..., SOCK_RAW, 1) = 3          => sockets other than TCP's and UDP's",
                "0 socket(AF_UNIX, SOCK_STREAM, 6) = 3  => sockets of AF_UNIX",
                "0 socket(..., SOCK_WONDER, 6) = 3       => symbol SOCK_WONDER",
                "0 < ipv6 ::1 > ::2: S 0:0(0) win 1      => a packet inside of another (ipv6)",
                "0 < S 0:0(0) win 1 {mut ip 1 2}         => {...}: changes to a packet",
                "0 `ping 10.0.0.1`                       => command ping 10.0.0.1",
                "0 `sysctl -q net.ipv4.tcp_magic=1`      => sysctl net.ipv4.tcp_magic",
                "0 `sysctl -q net.ipv4.tcp_reordering=9` => sysctl net.ipv4.tcp_reordering",
            })
    void whatIsNotUnderstoodIsNeverSkipped(final String event, final String what) throws IOException {
        assertThat(play(event)).isEqualTo("x.pkt:1: unsupported: " + what);
    }

    @Test
    void norIsAnOption() throws IOException {
        assertThat(play("--wonder=1\n0 close(3) = 0")).isEqualTo("x.pkt:1: unsupported: option --wonder");
        assertThat(play("--mtu=many\n0 close(3) = 0")).isEqualTo("x.pkt:1: bad --mtu: many");
        assertThat(play("--local_ip=10.0.0.1\n0 close(3) = 0"))
                .startsWith("x.pkt:1: the options do not fit together: gateway 192.168.0.1");
    }

    // ---- A stack that behaves differently

    @Test
    void aPacketThatIsDifferentIsShownBesideTheExpectedOne() throws IOException {
        assertThat(play(LISTEN + """
                        +0 < S 0:0(0) win 65535 <mss 1000>
                        +0 > S. 0:0(0) ack 2 <mss 1460>
                        """)).isEqualTo("""
                        x.pkt:5: error handling packet: acknowledgment number: expected 2, but it is 1
                        script packet: 0.000000 > S. 0:0(0) ack 2 <mss 1460>
                        actual packet: 0.000000 > [tos 0x00,ttl 64] 8080 > 40001 S. 0:0(0) ack 1 win 65535 <mss 1460>""");
    }

    @Test
    void aPacketThatDoesNotComeIsMissed() throws IOException {
        assertThat(play(ESTABLISHED + "+0 > . 1:1(0) ack 1"))
                .startsWith("x.pkt:8: error handling packet: nothing was sent until 3.1");
    }

    @Test
    void aPacketThatComesLateIsATimingError() throws IOException {
        assertThat(play(ESTABLISHED + """
                        +0 write(4, ..., 100) = 100
                        +0 > P. 1:101(100) ack 1
                        +.1 > P. 1:101(100) ack 1
                        """))
                .contains("x.pkt:10: error handling packet: timing error: expected outbound packet at 0.200000 sec"
                        + " but happened at 0.4");
    }

    @Test
    void toleranceIsAMatterOfTaste() throws IOException {
        settings.set("tolerance_usecs", "300000");
        assertThat(play(ESTABLISHED + """
                        +0 write(4, ..., 100) = 100
                        +0 > P. 1:101(100) ack 1
                        +.1 > P. 1:101(100) ack 1
                        """)).isEmpty();
    }

    @Test
    void aPacketThatIsNotMentionedIsAnErrorIfWanted() throws IOException {
        final String closes = ESTABLISHED + "+0 close(4) = 0\n";
        assertThat(play(closes)).isEmpty();
        settings.set("unexpected", "fail");
        assertThat(play(closes + "+.1 close(3) = 0"))
                .startsWith("x.pkt:9: a packet was sent that the script does not expect\nactual packet: 0.100000 >")
                .endsWith("F. 1:1(0) ack 1 win 65535");
    }

    @Test
    void payloadThatWasNotWrittenIsNoticed() throws IOException {
        assertThat(play(ESTABLISHED + """
                        +0 write(4, ..., 100) = 100
                        +0 > P. 1:101(100) ack 1
                        +0 write(4, ..., 100) = 99
                        """))
                .isEqualTo("x.pkt:10: runtime error in write call: expected result 99 but got 100");
    }

    // ---- System calls

    @Test
    void errorsHaveNames() throws IOException {
        assertThat(play(ESTABLISHED + "+0 read(7, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)"))
                .isEqualTo("x.pkt:8: runtime error in read call: expected result -1 EAGAIN but got -1 EBADF");
    }

    @Test
    void aCallThatBlocksThoughTheScriptDoesNotSaySo() throws IOException {
        assertThat(play(ESTABLISHED + "+0 read(4, ..., 10) = 10"))
                .isEqualTo("x.pkt:8: runtime error in read call: it blocks, and the script does not say so");
    }

    @Test
    void aCallThatBlocksHasToComeBackInTime() throws IOException {
        assertThat(play(ESTABLISHED + """
                        +0...0.2 read(4, ..., 10) = 10
                        +.1 < P. 1:11(10) ack 1 win 65535
                        """))
                .isEqualTo("x.pkt:8: timing error: expected system call return at 0.300000 sec but happened at 0.200000"
                        + " sec; tolerance 0.025000 sec");
        assertThat(play(ESTABLISHED + "+0...0.2 read(4, ..., 10) = 10"))
                .startsWith("x.pkt:8: timing error: expected system call return at 0.300000 sec but it still blocks");
    }

    @Test
    void whatACallAnswersBesidesIsCompared() throws IOException {
        assertThat(play(ESTABLISHED + "+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0"))
                .isEqualTo("x.pkt:8: runtime error in getsockopt call: expected [ECONNRESET] but got [0]");
        assertThat(play(ESTABLISHED + "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1"))
                .isEqualTo("x.pkt:8: runtime error in poll call: entry 0: expected revents 0x1 but got 0x4");
    }

    // ---- Code

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "assert tcpi_snd_cwnd == 9             => assertion failed: tcpi_snd_cwnd == 9 (tcpi_snd_cwnd is 10)",
                "assert tcpi_snd_mss * 2 + 1 == 2001 and not tcpi_unacked =>",
                "assert 1 < 2 < 3 and (7 & 3 | 8) == 11 and 7 // 2 == 3 and -7 % 4 == 1 =>",
                "assert min(3, abs(-2)) == 2 or False  =>",
                "x = tcpi_snd_cwnd; x += 1; print(x); assert x == 11 =>",
                "assert tcpi_wonder == 1               => unsupported: code: nothing is called tcpi_wonder",
                "import os                             => unsupported: code: import os",
            })
    void assertionsAreASubsetOfPython(final String code, final String problem) throws IOException {
        final String expected = problem == null ? "" : "x.pkt:8: " + problem;
        assertThat(play(ESTABLISHED + "+0 %{ " + code + " }%")).isEqualTo(expected);
    }

    @Test
    void codeNeedsAConnection() throws IOException {
        assertThat(play("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 %{ assert 1 }%"))
                .isEqualTo("x.pkt:2: there is no connection whose state could be asked for");
        assertThat(play(LISTEN + "+0 %{ assert tcpi_state == TCP_LISTEN }%")).isEmpty();
    }

    // ---- The rest

    @Test
    void aDefinitionStandsForSomethingElse() throws IOException {
        assertThat(play("""
                        --define=PROTO=IPPROTO_TCP
                        0 socket(..., SOCK_STREAM, PROTO) = 3
                        +0 < S 0:0(0) win 65535 <mss 1000,FO COOKIE,nop,nop>
                        +0 > R. 0:0(0) ack 1
                        """)).isEmpty();
    }

    @Test
    void everyPacketCanBePrinted() throws IOException {
        settings.set("verbose", "1");
        play(ESTABLISHED);
        assertThat(log)
                .containsExactly(
                        "inbound injected packet: 0.000000 < S 0:0(0) win 65535 <mss 1000>",
                        log.get(1),
                        "inbound injected packet: 0.100000 < . 1:1(0) ack 1 win 65535");
        assertThat(log.get(1)).startsWith("outbound sniffed packet: 0.000000 > [tos 0x00,ttl 64] 8080 > 40001 S. ");
    }

    @Test
    void aDryRunOnlyParses() throws IOException {
        settings.set("dry_run", "1");
        assertThat(play(LISTEN + "+0 listen(77, 1) = 12345")).isEmpty();
        assertThat(play(LISTEN + "+0 listen(77")).startsWith("x.pkt:4: syntax error");
    }
}
