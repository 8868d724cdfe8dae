package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.packetdrill.assertion.TcpInfoFields;
import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.packetdrill.kernel.KernelCalls;
import io.tapstack.packetdrill.machine.StackCalls;
import io.tapstack.posix.SocketCalls;
import io.tapstack.posix.SocketName;
import io.tapstack.socket.AddressFamily;
import io.tapstack.tcp.EcnMode;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TCP_INFO of the same transfer, once with the kernel as its sender and once with our stack, both checked by the same
 * rules: each figure is right, from either.
 */
@Timeout(60)
class TcpInfoIT {

    /** The sender; the other one receives. */
    enum Sender {
        KERNEL,
        TAPSTACK
    }

    private static final int PORT = 7000;
    private static final int MSS = 1448;
    private static final int SEGMENTS = 40;
    private static final int BYTES = SEGMENTS * MSS;
    private static final int BEFORE_THE_LOST_ONE = 5;
    private static final int REST_MILLIS = 100;
    private static final int SHUT_WR = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int TCP_CONGESTION = 13;
    private static final int STREAM = 1;

    private static final double OPTIONS = 1 | 2 | 4; // timestamps, SACK, window scale
    private static final double ECN = 8;
    private static final double ECN_SEEN = 16;
    private static final double NONE_32 = 0xFFFF_FFFFL;
    private static final double INFINITE_SSTHRESH = 0x7FFF_FFFF;
    private static final long SECOND_MICROS = 1_000_000;

    private final Threads threads = new Threads();
    private final KernelCalls kernel = new KernelCalls();
    private TestNetwork network;
    private boolean lossy;

    private SystemCalls sender;
    private SystemCalls receiver;
    private int from;
    private int to;
    private Map<String, Double> sent;
    private Map<String, Double> received;

    private void open() throws Exception {
        network = TestNetwork.open(Offload.OFF);
        // Otherwise a rule drops, or marks, several segments at once.
        HostPrograms.run("ip", "link", "set", network.tap(), "gso_max_segs", "1", "gro_max_size", "1600");
        HostPrograms.run("ping", "-c", "1", network.ip());
    }

    @AfterEach
    void close() throws Exception {
        threads.close();
        kernel.closeAll();
        if (lossy) {
            LossyLink.repair(network.tap());
        }
        HostPrograms.attempt("nft", "delete table netdev marks");
        HostPrograms.script("echo 2 > /proc/sys/net/ipv4/tcp_ecn");
        network.close();
    }

    private static Endpoint endpoint(final InetAddress address) {
        return new Endpoint(IpAddress.of(address.getAddress()), PORT);
    }

    private void connect(final Sender who) {
        final SystemCalls stack = new StackCalls(network.sockets());
        sender = who == Sender.KERNEL ? kernel : stack;
        receiver = who == Sender.KERNEL ? stack : kernel;
        final Endpoint at = endpoint(who == Sender.KERNEL ? network.address() : network.hostAddress());
        final int listener = (int) receiver.socket(SocketCalls.AF_INET, STREAM, 0);
        assertThat(receiver.bind(listener, SocketName.of(AddressFamily.IPV4, at)))
                .isZero();
        assertThat(receiver.listen(listener, 5)).isZero();
        final Map<String, Double> listening = info(receiver, listener);
        assertThat(listening).containsEntry("tcpi_state", 10.0).containsEntry("tcpi_sacked", 5.0);
        assertThat(listening).containsEntry("tcpi_unacked", 0.0);
        from = (int) sender.socket(SocketCalls.AF_INET, STREAM, 0);
        final byte[] size = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(1 << 20)
                .array();
        assertThat(sender.setOption(from, SOL_SOCKET, SO_SNDBUF, size)).isZero();
        final byte[] reno = "reno".getBytes(StandardCharsets.US_ASCII);
        assertThat(sender.setOption(from, IPPROTO_TCP, TCP_CONGESTION, reno)).isZero();
        assertThat(sender.connect(from, SocketName.of(AddressFamily.IPV4, at))).isZero();
        to = (int) receiver.accept(listener, 0);
        assertThat(to).isPositive();
    }

    /** All bytes are sent, received and acknowledged, followed by silence. */
    private void transfer() throws Exception {
        final Future<Integer> sink = threads.start(() -> {
            final byte[] buffer = new byte[1 << 16];
            int total = 0;
            while (total < BYTES) {
                final long count = receiver.receive(to, buffer, 0).result();
                assertThat(count).isPositive();
                total += (int) count;
            }
            return total;
        });
        assertThat(sender.send(from, new byte[BYTES], 0, null)).isEqualTo(BYTES);
        assertThat(Threads.result(sink)).isEqualTo(BYTES);
        while (info(sender, from).get("tcpi_unacked") > 0) {
            Thread.sleep(1);
        }
        Thread.sleep(REST_MILLIS);
        look();
    }

    private void look() {
        sent = info(sender, from);
        received = info(receiver, to);
    }

    private static Map<String, Double> info(final SystemCalls calls, final int fd) {
        final byte[] structure = new byte[TcpInfoFields.MAX_BYTES];
        final long length = calls.getOption(fd, IPPROTO_TCP, TCP_INFO, structure);
        assertThat(length).isGreaterThanOrEqualTo(248);
        return new TreeMap<>(TcpInfoFields.fields(structure, (int) length));
    }

    private static void exactly(final Map<String, Double> figures, final String name, final double value) {
        assertThat(figures.get("tcpi_" + name)).as("%s in %s", name, figures).isEqualTo(value);
    }

    private static void between(
            final Map<String, Double> figures, final String name, final double least, final double most) {
        assertThat(figures.get("tcpi_" + name)).as("%s in %s", name, figures).isBetween(least, most);
    }

    private static void zero(final Map<String, Double> figures, final String... names) {
        for (final String name : names) {
            exactly(figures, name, 0);
        }
    }

    /** The facts of both ends of a connection at rest. */
    private static void atRest(final Map<String, Double> figures, final double options) {
        exactly(figures, "state", 1);
        exactly(figures, "options", options);
        exactly(figures, "snd_mss", MSS);
        exactly(figures, "advmss", MSS);
        exactly(figures, "pmtu", 1500);
        exactly(figures, "reordering", 3);
        zero(figures, "ca_state", "retransmits", "probes", "backoff", "fastopen_client_fail");
        zero(figures, "unacked", "sacked", "lost", "retrans", "fackets", "last_ack_sent", "notsent_bytes");
        zero(figures, "rwnd_limited", "sndbuf_limited", "reord_seen", "rehash");
        zero(figures, "total_rto", "total_rto_recoveries", "total_rto_time");
        between(figures, "rto", SECOND_MICROS / 5, SECOND_MICROS / 2);
        between(figures, "rtt", 1, SECOND_MICROS / 4);
        between(figures, "rttvar", 0, SECOND_MICROS / 4);
        between(figures, "min_rtt", 1, figures.get("tcpi_rtt") + figures.get("tcpi_rttvar") * 4);
        exactly(figures, "max_pacing_rate", -1);
    }

    /** On a busy machine a tail loss probe may be sent without need, which the receiver then reports. */
    private int probes(final int lost) {
        between(sent, "total_retrans", lost, lost + 2);
        final int probes = (int) (sent.get("tcpi_total_retrans") - lost);
        between(sent, "dsack_dups", 0, probes);
        return probes;
    }

    private void figuresOfTheSender(final int lost) {
        final int again = lost + probes(lost);
        exactly(sent, "bytes_sent", BYTES + again * MSS);
        exactly(sent, "bytes_retrans", again * MSS);
        exactly(sent, "data_segs_out", SEGMENTS + again);
        exactly(sent, "bytes_acked", BYTES + 1);
        exactly(sent, "delivered", SEGMENTS + 1 + sent.get("tcpi_dsack_dups"));
        zero(sent, "bytes_received", "data_segs_in", "rcv_ooopack", "rcv_rtt", "ato");
        exactly(sent, "rcv_mss", 536);
        exactly(sent, "rcv_space", 10 * MSS);
        // Zero, if all was delivered sooner than a round trip takes: on a busy machine the first one is a long one.
        between(sent, "delivery_rate", 0, 1e11);
        between(sent, "busy_time", 0, SECOND_MICROS);
        between(sent, "last_data_sent", REST_MILLIS - 10, 2_000);
        between(sent, "last_ack_recv", REST_MILLIS - 10, 2_000);
        between(sent, "last_data_recv", REST_MILLIS - 10, 2_000);
        exactly(sent, "snd_wnd", received.get("tcpi_rcv_wnd"));
        exactly(sent, "snd_wscale", received.get("tcpi_rcv_wscale"));
        exactly(sent, "rcv_wscale", received.get("tcpi_snd_wscale"));
    }

    private void figuresOfTheReceiver(final Sender who, final int lost) {
        exactly(received, "bytes_received", BYTES);
        exactly(received, "data_segs_in", SEGMENTS + probes(lost));
        exactly(received, "rcv_mss", MSS);
        exactly(received, "ato", 40_000);
        between(received, "rcv_rtt", 1, SECOND_MICROS / 4);
        between(received, "rcv_space", 10 * MSS, 2 * BYTES);
        exactly(received, "delivered", 1);
        exactly(received, "snd_cwnd", 10);
        exactly(received, "snd_ssthresh", INFINITE_SSTHRESH);
        zero(received, "bytes_sent", "bytes_retrans", "total_retrans", "data_segs_out", "bytes_acked", "delivered_ce");
        zero(received, "delivery_rate", "busy_time");
        exactly(received, "delivery_rate_app_limited", 1);
        between(received, "last_data_recv", REST_MILLIS - 10, 2_000);
        between(received, "last_ack_recv", REST_MILLIS - 10, 2_000);
        exactly(received, "segs_in", sent.get("tcpi_segs_out") - lost);
        // RFC 4898 counts all segments. Linux leaves out the SYN-ACK, which no connection has sent yet.
        exactly(sent, "segs_in", received.get("tcpi_segs_out") + (who == Sender.TAPSTACK ? 1 : 0));
    }

    @ParameterizedTest
    @EnumSource
    void withoutLoss(final Sender who) throws Exception {
        open();
        connect(who);
        transfer();
        atRest(sent, OPTIONS);
        atRest(received, OPTIONS);
        figuresOfTheSender(0);
        zero(sent, "delivered_ce");
        figuresOfTheReceiver(who, 0);
        zero(received, "rcv_ooopack");
        // On a busy machine round trips grow, for which HyStart++ ends slow start (RFC 9406); there is no other reason.
        between(sent, "snd_ssthresh", 10, INFINITE_SSTHRESH);
        between(sent, "snd_cwnd", 10, 200);

        assertThat(sender.shutdown(from, SHUT_WR)).isZero();
        while (info(sender, from).get("tcpi_unacked") > 0) {
            Thread.sleep(1);
        }
        look();
        exactly(sent, "state", 5);
        exactly(sent, "bytes_acked", BYTES + 2);
        exactly(sent, "delivered", SEGMENTS + 2 + sent.get("tcpi_dsack_dups"));
        exactly(sent, "data_segs_out", SEGMENTS + probes(0));
        exactly(received, "state", 8);
        exactly(received, "bytes_received", BYTES + 1);
        exactly(received, "data_segs_in", SEGMENTS + probes(0));
    }

    /** The sixth segment of the first ten is lost: found by SACK, and sent again at once. */
    @ParameterizedTest
    @EnumSource
    void withOneLoss(final Sender who) throws Exception {
        open();
        connect(who);
        LossyLink.loseOne(network.tap(), BEFORE_THE_LOST_ONE);
        lossy = true;
        transfer();
        atRest(sent, OPTIONS);
        atRest(received, OPTIONS);
        figuresOfTheSender(1);
        figuresOfTheReceiver(who, 1);
        between(received, "rcv_ooopack", 10 - BEFORE_THE_LOST_ONE - 1, SEGMENTS);
        between(sent, "snd_ssthresh", 2, 20);
        between(sent, "snd_cwnd", 2, 40);
    }

    /**
     * One packet in ten is marked: the sender counts the bytes delivered under an echo, both know that ECN is in use.
     */
    @ParameterizedTest
    @EnumSource
    void withMarks(final Sender who) throws Exception {
        open();
        HostPrograms.script("echo " + (who == Sender.KERNEL ? 1 : 2) + " > /proc/sys/net/ipv4/tcp_ecn");
        network.sockets().defaults().ecn(EcnMode.ON);
        connect(who);
        HostPrograms.run("nft", """
                table netdev marks {
                    chain in {
                        type filter hook ingress device "%1$s" priority 0;
                        ip ecn ect0 numgen inc mod 10 == 4 ip ecn set ce
                    }
                    chain out {
                        type filter hook egress device "%1$s" priority 0;
                        ip ecn ect0 numgen inc mod 10 == 4 ip ecn set ce
                    }
                }
                """.formatted(network.tap()));
        transfer();
        figuresOfTheSender(0);
        exactly(sent, "options", OPTIONS + ECN);
        exactly(received, "options", OPTIONS + ECN + ECN_SEEN);
        between(sent, "delivered_ce", 1, SEGMENTS);
        between(sent, "snd_ssthresh", 2, 20);
        // The last window was reduced, or all later data is acknowledged.
        assertThat(sent.get("tcpi_ca_state")).isIn(0.0, 2.0);
    }

    /** A socket without a connection. */
    @ParameterizedTest
    @EnumSource
    void withoutConnection(final Sender who) throws Exception {
        open();
        final SystemCalls calls = who == Sender.KERNEL ? kernel : new StackCalls(network.sockets());
        final Map<String, Double> figures = info(calls, (int) calls.socket(SocketCalls.AF_INET, STREAM, 0));
        exactly(figures, "state", 7);
        exactly(figures, "delivery_rate_app_limited", 1);
        exactly(figures, "rto", SECOND_MICROS);
        exactly(figures, "snd_mss", 536);
        exactly(figures, "snd_ssthresh", INFINITE_SSTHRESH);
        exactly(figures, "snd_cwnd", 10);
        exactly(figures, "reordering", 3);
        exactly(figures, "min_rtt", NONE_32);
        exactly(figures, "pacing_rate", -1);
        exactly(figures, "max_pacing_rate", -1);
        zero(figures, "ca_state", "options", "ato", "rcv_mss", "unacked", "rtt", "advmss", "bytes_acked", "segs_out");
        zero(figures, "segs_in", "delivered", "busy_time", "snd_wnd", "rcv_wnd", "total_rto");
    }
}
