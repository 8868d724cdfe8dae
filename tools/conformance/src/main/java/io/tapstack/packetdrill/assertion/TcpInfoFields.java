package io.tapstack.packetdrill.assertion;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** The fields of Linux's {@code struct tcp_info} by their names ({@code <linux/tcp.h>}, tcp(7)). */
public final class TcpInfoFields {

    /** Longest structure of any Linux; a shorter one lacks the last fields. */
    public static final int MAX_BYTES = 512;

    private static final String[] BYTES = {"state", "ca_state", "retransmits", "probes", "backoff", "options"};
    private static final int SCALES_OFFSET = 6;
    private static final int BITS_OFFSET = 7;
    private static final int WORDS_OFFSET = 8;

    /** The other fields, in order; {@code *} marks 64 bits, {@code -} 16, all others have 32. */
    private static final String WORDS = """
            rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv last_ack_recv
            pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering rcv_rtt rcv_space total_retrans
            *pacing_rate *max_pacing_rate *bytes_acked *bytes_received segs_out segs_in notsent_bytes min_rtt data_segs_in
            data_segs_out *delivery_rate *busy_time *rwnd_limited *sndbuf_limited delivered delivered_ce *bytes_sent
            *bytes_retrans dsack_dups reord_seen rcv_ooopack snd_wnd rcv_wnd rehash -total_rto -total_rto_recoveries
            total_rto_time received_ce delivered_e1_bytes delivered_e0_bytes delivered_ce_bytes received_e1_bytes received_e0_bytes
            received_ce_bytes -accecn_fail_mode -accecn_opt_seen
            """;

    private TcpInfoFields() {}

    /** The fields in {@code length} bytes of the structure, as {@code tcpi_...}. */
    public static Map<String, Double> fields(final byte[] structure, final int length) {
        final ByteBuffer bytes = ByteBuffer.wrap(structure, 0, length).order(ByteOrder.nativeOrder());
        final Map<String, Double> fields = new HashMap<>();
        if (length < WORDS_OFFSET) {
            return fields;
        }
        for (int i = 0; i < BYTES.length; i++) {
            put(fields, BYTES[i], bytes.get(i) & 0xFF);
        }
        put(fields, "snd_wscale", bytes.get(SCALES_OFFSET) & 0xF);
        put(fields, "rcv_wscale", bytes.get(SCALES_OFFSET) >>> 4 & 0xF);
        put(fields, "delivery_rate_app_limited", bytes.get(BITS_OFFSET) & 1);
        put(fields, "fastopen_client_fail", bytes.get(BITS_OFFSET) >>> 1 & 3);
        bytes.position(WORDS_OFFSET);
        for (final String word : WORDS.trim().split("\\s+")) {
            final int width = word.startsWith("*") ? Long.BYTES : word.startsWith("-") ? Short.BYTES : Integer.BYTES;
            if (bytes.remaining() < width) {
                break;
            }
            final String name = word.replaceAll("[*-]", "");
            switch (width) {
                case Long.BYTES -> put(fields, name, bytes.getLong());
                case Short.BYTES -> put(fields, name, bytes.getShort() & 0xFFFF);
                default -> put(fields, name, Integer.toUnsignedLong(bytes.getInt()));
            }
        }
        return fields;
    }

    private static void put(final Map<String, Double> fields, final String name, final long value) {
        fields.put("tcpi_" + name, (double) value);
    }
}
