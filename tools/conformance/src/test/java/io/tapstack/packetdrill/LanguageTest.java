package io.tapstack.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.machine.PlaySettings;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language of published scripts, which the runner has to read with the same meaning. */
class LanguageTest {

    private static final String LISTEN = """
            0 socket(..., SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP) = 3
            +0 bind(3, ..., ...) = 0
            +0 listen(3, 1) = 0
            """;

    private static final String ESTABLISHED = LISTEN + """
            +0 < S 0:0(0) win 65535 <mss 1000>
            +0 > S. 0:0(0) ack 1 <mss 1460>
            +.1 < . 1:1(0) ack 1 win 65535
            +0 accept(3, ..., ...) = 4
            """;

    private static String play(final String text) throws IOException {
        return new ScriptRunner(Target.TAPSTACK, new PlaySettings(4_000), Map.of(), line -> {})
                .run("x.pkt", text)
                .orElse("");
    }

    /**
     * Linux sets PSH in every packet that a device cuts: for several segments that a script has as one it is not
     * required.
     */
    @Test
    void pushOfSeveralSegments() throws IOException {
        final String sent = ESTABLISHED + "+0 write(4, ..., 30000) = 30000\n";
        assertThat(play(sent + "+0 > P. 1:10001(10000) ack 1")).isEmpty();
        assertThat(play(sent + "+0 > . 1:10001(10000) ack 1")).isEmpty();
        assertThat(play(sent + "+0 > P. 1:1001(1000) ack 1")).startsWith("x.pkt:9: error handling packet: flags:");
        assertThat(play("--strict_segments\n" + sent + "+0 > P. 1:1001(1000) ack 1"))
                .startsWith("x.pkt:10: error handling packet: flags:");
    }

    @Test
    void aCommandGoesOnBehindABackslash() throws IOException {
        assertThat(play(
                        "`./set_sysctls.py /proc/sys/net/ipv4/tcp_sack=1 \\\n\t/proc/sys/net/ipv4/tcp_timestamps=0  # off\n`\n"
                                + "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"))
                .isEmpty();
        assertThat(play("`sysctl -e -q net.ipv4.tcp_sack=1 \\\n net.ipv4.tcp_wonder=1`\n0 close(3) = 0"))
                .isEqualTo("x.pkt:2: unsupported: sysctl net.ipv4.tcp_wonder");
    }

    @Test
    void productsInCommands() throws IOException {
        assertThat(play("`sysctl -q net.ipv4.tcp_rmem=\"4096 $((10*1000)) $((6 * 1024 * 1024))\"`\n" + LISTEN
                        + "+0 < S 0:0(0) win 65535 <mss 1000>\n+0 > S. 0:0(0) ack 1 win 10000 <mss 1460>"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "`rm -f /tmp/testfile\n /bin/dd bs=1 count=5 if=/dev/zero of=/tmp/testfile status=none`",
                "`ethtool -K tun0 gso off tso off`",
                "`/tmp/sysctl_restore_${PPID}.sh`",
                "`# nothing to do`"
            })
    void commandsThatNeedNoShell(final String command) throws IOException {
        assertThat(play(command + "\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"))
                .isEmpty();
    }

    @Test
    void stringsHaveEscapes() throws IOException {
        final String open = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n";
        assertThat(play(open + "+0 setsockopt(3, SOL_TCP, TCP_CONGESTION, \"r\\x65\\156o\", 4) = 0\n"
                        + "+0 getsockopt(3, SOL_TCP, TCP_CONGESTION, \"reno\", [16]) = 0"))
                .isEmpty();
        assertThat(play(open + "+0 setsockopt(3, SOL_TCP, TCP_CONGESTION, \"\\q\", 4) = 0"))
                .isEqualTo("x.pkt:2: no such escape in a string: \\q");
    }

    /** RFC 9768 3.1.1: AE, CWR and ECE as a number; AE alone is A. A stack without accurate ECN does not set them. */
    @Test
    void aceCounts() throws IOException {
        assertThat(play(LISTEN + """
                        +0 < SEWA 0:0(0) win 65535 <mss 1000>
                        +0 > SE. 0:0(0) ack 1 <mss 1460>
                        +.1 < .5 1:1(0) ack 1 win 65535
                        +0 < P.0 1:101(100) ack 1 win 65535
                        +0~+.05 > .0 1:1(0) ack 101
                        """)).isEmpty();
        assertThat(play(LISTEN + """
                        +0 < S 0:0(0) win 65535 <mss 1000>
                        +0 > S.5 0:0(0) ack 1 <mss 1460>
                        """))
                .startsWith("x.pkt:5: error handling packet: flags: expected S.EA, but they are S.");
        assertThat(play("0 < .9 0:0(0) win 1")).startsWith("x.pkt:1: syntax error at '.9': expected TCP flags");
    }

    /** RFC 9768 3.2.3: AccECN options by the names of their counters, in the order of the option. */
    @Test
    void accurateEcnOptions() throws IOException {
        final String begin = "`sysctl -q net.ipv4.tcp_ecn=3`\n" + LISTEN;
        assertThat(play(begin + """
                        +0 < SEWA 0:0(0) win 65535 <mss 1000>
                        +0 > SW. 0:0(0) ack 1 <mss 1460,ECN e1b 1 ceb 0 e0b 1,nop>
                        +.1 < W. 1:1(0) ack 1 win 65535 <ECN,nop,nop>
                        +0 < [ect0] P.5 1:101(100) ack 1 win 65535 <ECN e0b 1 ceb 0>
                        +0~+.05 > .5 1:1(0) ack 101 <ECN e0b 101,nop,nop,nop>
                        """)).isEmpty();
        assertThat(play(begin + """
                        +0 < SEWA 0:0(0) win 65535 <mss 1000>
                        +0 > SW. 0:0(0) ack 1 <mss 1460,ECN e0b 1 ceb 0 e1b 1,nop>
                        """)).contains("TCP options differ", "<mss 1460,ECN e1b 1 ceb 0 e0b 1,nop>");
        assertThat(play(LISTEN + "+0 < . 0:0(0) win 1 <ECN ceb 0 e1b 1>"))
                .isEqualTo("x.pkt:4: the fields of ECN come as e0b ceb e1b, or as e1b ceb e0b, the last ones left out");
        assertThat(play(LISTEN + "+0 < . 0:0(0) win 1 <ECN e0b 16777216,nop,nop,nop>"))
                .startsWith("x.pkt:4: ");
    }

    @Test
    void anAddressCanBeUnspecified() throws IOException {
        assertThat(play("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 connect(3, AF_UNSPEC, ...) = 0"))
                .isEmpty();
    }

    // ---- IPv6

    /** The same script over each version; the default addresses are of the version, and so is the default MSS. */
    @ParameterizedTest
    @CsvSource({"ipv4, 1460", "ipv4-mapped-ipv6, 1460", "ipv6, 1440"})
    void versionOfAScript(final String version, final int mss) throws IOException {
        assertThat(play("--ip_version=" + version + '\n' + ESTABLISHED.replace("1460", String.valueOf(mss))))
                .isEmpty();
    }

    @Test
    void fieldsOfTheIpv6Header() throws IOException {
        final String begin = "--ip_version=ipv6\n" + LISTEN + "+0 < [flowlabel 0x12345,ttl 7] S 0:0(0) win 65535\n";
        assertThat(play(begin + "+0 > [noecn,ttl 64] S. 0:0(0) ack 1 <mss 1440>"))
                .isEmpty();
        assertThat(play(begin + "+0 > [tos 0x00,flowlabel 0x12345] S. 0:0(0) ack 1 <mss 1440>"))
                .startsWith("x.pkt:6: error handling packet: flow label: expected 74565, but it is ");
        assertThat(play(LISTEN + "+0 < [flowlabel 0x1] S 0:0(0) win 65535"))
                .isEqualTo("x.pkt:4: flowlabel is for packets of IPv6 only");
    }

    /** ICMPv6 has names of its own, and takes those of IPv4 that have the same meaning. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "unreachable no_route                 => ENETUNREACH",
                "unreachable net_unreachable          => ENETUNREACH",
                "unreachable admin_prohibited         => EACCES",
                "unreachable address_unreachable      => EHOSTUNREACH",
                "unreachable host_unreachable         => EHOSTUNREACH",
                "unreachable port_unreachable         => ECONNREFUSED",
                "unreachable code_5                   => EACCES",
                "time_exceeded exceeded_hop_limit     => EHOSTUNREACH",
                "time_exceeded                        => EHOSTUNREACH",
                "parameter_problem unknown_option     => EPROTO"
            })
    void icmpv6(final String message, final String error) throws IOException {
        assertThat(play("--ip_version=ipv6\n0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 connect(3, ..., ...) = 0\n"
                        + "+0 setsockopt(3, IPPROTO_IPV6, IPV6_RECVERR, [1], 4) = 0\n"
                        + "+0 write(3, ..., 100) = 100\n+0 > udp (100)\n+0 < icmp " + message
                        + " [udp (100)]\n+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [" + error + "], [4]) = 0"))
                .isEmpty();
    }

    @Test
    void namesOfTheOtherVersion() throws IOException {
        assertThat(play("--ip_version=ipv6\n0 < icmp source_quench")).isEqualTo("x.pkt:2: bad ICMP type source_quench");
        assertThat(play("--ip_version=ipv6\n0 < icmp unreachable frag_needed mtu 1000"))
                .isEqualTo("x.pkt:2: bad ICMP code frag_needed");
        assertThat(play("0 < icmp packet_too_big mtu 1400")).isEqualTo("x.pkt:1: bad ICMP type packet_too_big");
    }

    @Test
    void addressesOfIpv6() throws IOException {
        assertThat(play("--ip_version=ipv6\n--local_ip=fd00::2\n--gateway_ip=fd00::1\n--remote_ip=2001:db8:1::7/64\n"
                        + """
                        0 socket(AF_INET6, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
                        +0 bind(3, {sa_family=AF_INET6, sin6_port=htons(1234), sin6_addr=inet6_addr("fd00::2")}, 28) = 0
                        +0 connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0),
                                       inet_pton(AF_INET6, "2001:db8:1::7", &sin6_addr), sin6_scope_id=0}, 28) = -1 EINPROGRESS
                        +0 > 1234 > 80 S 0:0(0) <...>
                        """))
                .isEmpty();
        assertThat(play("--local_ip=fd00::2\n0 close(3) = 0"))
                .isEqualTo("x.pkt:1: the options do not fit together: fd00::2 is not an address for ip_version ipv4");
        assertThat(play("--ip_version=ipv5\n0 close(3) = 0")).isEqualTo("x.pkt:1: bad --ip_version: ipv5");
    }

    /** Ours: the modes that a script is for; in another it is not played. */
    @Test
    void modesOfAScript() throws IOException {
        final String script = "--ip_versions=ipv4-mapped-ipv6,ipv6\n0 close(3) = 0";
        assertThat(play(script)).isEmpty();
        assertThat(play("--ip_version=ipv6\n0 close(3) = 0")).contains("EBADF");
        assertThat(play("--ip_versions=ipv4,ipv5\n0 close(3) = 0")).isEqualTo("x.pkt:1: bad --ip_versions: ipv4,ipv5");
    }

    /** RFC 8200 8.1: IPv6 needs UDP's checksum. Ours: a datagram that has none. */
    @Test
    void datagramsWithoutChecksum() throws IOException {
        final String script = """
                0 socket(..., SOCK_DGRAM|SOCK_NONBLOCK, IPPROTO_UDP) = 3
                +0 bind(3, ..., ...) = 0
                +0 < udp nochecksum (100)
                +0 read(3, ..., 200) = """;
        assertThat(play(script + " 100")).isEmpty();
        assertThat(play("--ip_version=ipv6\n" + script + " -1 EAGAIN")).isEmpty();
    }

    @Test
    void fastOpenBySendmsg() throws IOException {
        assertThat(play("""
                        0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
                        +0 sendmsg(3, {msg_name(...)=..., msg_iov(2)=[{..., 100},{...,400}], msg_flags=0}, MSG_FASTOPEN) = -1 EINPROGRESS
                        +0 > S 0:0(0) <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7,FO,nop,nop>
                        """)).isEmpty();
    }

    /** Ours: a setting of the stack without a sysctl. */
    @Test
    void settingsOfTheStack() throws IOException {
        assertThat(
                        play(
                                "--stack=iw=2\n" + ESTABLISHED
                                        + "+0 write(4, ..., 30000) = 30000\n+0 > . 1:2001(2000) ack 1\n+0 %{ assert tcpi_snd_cwnd == 2 }%"))
                .isEmpty();
        assertThat(play("--stack=wonder=2\n0 close(3) = 0")).isEqualTo("x.pkt:1: bad --stack: wonder=2");
    }
}
