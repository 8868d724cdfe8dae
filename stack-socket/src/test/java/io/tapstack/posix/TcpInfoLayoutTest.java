package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.SocketOptions;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code struct tcp_info}: each figure at the offset and in the unit that {@code <linux/tcp.h>} gives it. */
class TcpInfoLayoutTest extends PosixTest {

    private static final int TCP_INFO = 11;

    /** Figures of which no two are alike. */
    private static TcpInfo figures() {
        return new TcpInfo(
                TcpState.CLOSE_WAIT,
                TcpInfo.Congestion.RECOVERY,
                new TcpInfo.Agreed(
                        true, false, true, 7, 9, false, true, false, true, TcpInfo.FastOpenFailure.DATA_NOT_ACKED),
                new TcpInfo.Sizes(1_000, 1_001, 1_002, 1_500),
                new TcpInfo.Timers(201_000_000, 40_000_000, 1, 2, 3, 11_000_000, 12_000_000, 13_000_000),
                new TcpInfo.Flight(21, 22, 23, 24, 25, 26),
                new TcpInfo.RoundTrip(31_000, 32_000, 33_000, 34_000),
                new TcpInfo.Windows(10_000, 20_000, 43, 44, 45, 46),
                new TcpInfo.Rates(51, true, 0, 53),
                new TcpInfo.Sent(61, 62, 63, 64, 65, 66, 67, 68, 69, 70),
                new TcpInfo.Received(71, 72, 73, 74),
                new TcpInfo.Limited(81_000, 82_000, 83_000),
                new TcpInfo.Timeouts(91, 92, 93_000_000),
                new TcpInfo.Marks(
                        101,
                        new TcpInfo.MarkedBytes(102, 103, 104),
                        new TcpInfo.MarkedBytes(105, 106, 107),
                        true,
                        false,
                        true,
                        3));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 8", // tcpi_state: CLOSE_WAIT
        "1, 1, 3", // tcpi_ca_state
        "2, 1, 1", // tcpi_retransmits
        "3, 1, 2", // tcpi_probes
        "4, 1, 3", // tcpi_backoff
        "5, 1, 0x95", // tcpi_options: timestamps, window scale, ECN seen, Fast Open child
        "6, 1, 0x97", // tcpi_snd_wscale, tcpi_rcv_wscale
        "7, 1, 0x5", // tcpi_delivery_rate_app_limited, tcpi_fastopen_client_fail
        "8, 4, 201000", // tcpi_rto
        "12, 4, 40000", // tcpi_ato
        "16, 4, 1000", // tcpi_snd_mss
        "20, 4, 1001", // tcpi_rcv_mss
        "24, 4, 21", // tcpi_unacked
        "28, 4, 22", // tcpi_sacked
        "32, 4, 23", // tcpi_lost
        "36, 4, 24", // tcpi_retrans
        "40, 4, 0", // tcpi_fackets
        "44, 4, 11", // tcpi_last_data_sent
        "48, 4, 0", // tcpi_last_ack_sent
        "52, 4, 12", // tcpi_last_data_recv
        "56, 4, 13", // tcpi_last_ack_recv
        "60, 4, 1500", // tcpi_pmtu
        "64, 4, 45", // tcpi_rcv_ssthresh
        "68, 4, 31", // tcpi_rtt
        "72, 4, 32", // tcpi_rttvar
        "76, 4, 20", // tcpi_snd_ssthresh, in segments
        "80, 4, 10", // tcpi_snd_cwnd, in segments
        "84, 4, 1002", // tcpi_advmss
        "88, 4, 25", // tcpi_reordering
        "92, 4, 34", // tcpi_rcv_rtt
        "96, 4, 46", // tcpi_rcv_space
        "100, 4, 63", // tcpi_total_retrans
        "104, 8, -1", // tcpi_pacing_rate: no limit
        "112, 8, 53", // tcpi_max_pacing_rate
        "120, 8, 66", // tcpi_bytes_acked
        "128, 8, 73", // tcpi_bytes_received
        "136, 4, 61", // tcpi_segs_out
        "140, 4, 71", // tcpi_segs_in
        "144, 4, 26", // tcpi_notsent_bytes
        "148, 4, 33", // tcpi_min_rtt
        "152, 4, 72", // tcpi_data_segs_in
        "156, 4, 62", // tcpi_data_segs_out
        "160, 8, 51", // tcpi_delivery_rate
        "168, 8, 81", // tcpi_busy_time
        "176, 8, 82", // tcpi_rwnd_limited
        "184, 8, 83", // tcpi_sndbuf_limited
        "192, 4, 67", // tcpi_delivered
        "196, 4, 68", // tcpi_delivered_ce
        "200, 8, 64", // tcpi_bytes_sent
        "208, 8, 65", // tcpi_bytes_retrans
        "216, 4, 69", // tcpi_dsack_dups
        "220, 4, 70", // tcpi_reord_seen
        "224, 4, 74", // tcpi_rcv_ooopack
        "228, 4, 43", // tcpi_snd_wnd
        "232, 4, 44", // tcpi_rcv_wnd
        "236, 4, 0", // tcpi_rehash
        "240, 2, 91", // tcpi_total_rto
        "242, 2, 92", // tcpi_total_rto_recoveries
        "244, 4, 93", // tcpi_total_rto_time
        "248, 4, 101", // tcpi_received_ce
        "252, 4, 102", // tcpi_delivered_e1_bytes
        "256, 4, 103", // tcpi_delivered_e0_bytes
        "260, 4, 104", // tcpi_delivered_ce_bytes
        "264, 4, 105", // tcpi_received_e1_bytes
        "268, 4, 106", // tcpi_received_e0_bytes
        "272, 4, 107", // tcpi_received_ce_bytes
        "276, 2, 0xd", // tcpi_accecn_fail_mode
        "278, 2, 3", // tcpi_accecn_opt_seen
    })
    void eachFigureHasItsPlace(final int offset, final int bytes, final String value) {
        final ByteBuffer target = little(TcpInfoLayout.BYTES);
        TcpInfoLayout.write(figures(), target);
        assertThat(target.remaining()).isZero();
        final long there =
                switch (bytes) {
                    case 1 -> target.get(offset) & 0xFF;
                    case 2 -> target.getShort(offset);
                    case 4 -> target.getInt(offset);
                    default -> target.getLong(offset);
                };
        assertThat(there).isEqualTo(Long.decode(value));
    }

    @ParameterizedTest
    @CsvSource({
        "ESTABLISHED, 1",
        "SYN_SENT, 2",
        "SYN_RECEIVED, 3",
        "FIN_WAIT_1, 4",
        "FIN_WAIT_2, 5",
        "TIME_WAIT, 7",
        "CLOSED, 7",
        "CLOSE_WAIT, 8",
        "LAST_ACK, 9",
        "CLOSING, 11",
    })
    void statesHaveLinuxsNumbers(final TcpState state, final int number) {
        assertThat(TcpInfoLayout.number(state)).isEqualTo(number);
    }

    private ByteBuffer info(final long fd) {
        final ByteBuffer value = little(SocketCalls.maxOptionBytes());
        assertThat(calls.option(fd, SocketOptions.IPPROTO_TCP, TCP_INFO, 1_000, value))
                .isEqualTo(TcpInfoLayout.BYTES);
        return value;
    }

    @Test
    void aListenerTellsItsQueue() {
        final long listener = listener();
        connected();
        awaitReadable(listener);
        final ByteBuffer info = info(listener);
        assertThat(info.get(0)).as("TCP_LISTEN").isEqualTo((byte) 10);
        assertThat(info.getInt(24)).as("waiting").isEqualTo(1);
        assertThat(info.getInt(28)).as("backlog").isEqualTo(8);
    }

    @Test
    void aFreshSocketHasDefaults() {
        final ByteBuffer info = info(socket(STREAM));
        assertThat(info.get(0)).as("TCP_CLOSE").isEqualTo((byte) 7);
        assertThat(info.getInt(16)).as("tcpi_snd_mss").isEqualTo(536);
        assertThat(info.getInt(76)).as("tcpi_snd_ssthresh").isEqualTo(Integer.MAX_VALUE);
        assertThat(info.getInt(80)).as("tcpi_snd_cwnd").isEqualTo(10);
    }
}
