package io.tapstack.posix;

import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.recovery.LossRecovery;
import java.nio.ByteBuffer;

/**
 * {@link TcpInfo} as Linux's {@code struct tcp_info} of {@code <linux/tcp.h>}, up to {@code tcpi_snd_wnd}. What the stack does not know is 0.
 */
public final class TcpInfoLayout {

    /** Size of the structure. */
    public static final int BYTES = 232;

    private static final int LISTEN = 10;
    private static final int OPTION_TIMESTAMPS = 1;
    private static final int OPTION_SACK = 2;
    private static final int OPTION_WINDOW_SCALE = 4;
    private static final int NO_SSTHRESH = 1 << 30;
    private static final int INFINITE_SSTHRESH = 0x7FFF_FFFF;
    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;

    private TcpInfoLayout() {}

    /** Linux's number of a state ({@code <netinet/tcp.h>}). */
    static int number(final TcpState state) {
        return switch (state) {
            case ESTABLISHED -> 1;
            case SYN_SENT -> 2;
            case SYN_RECEIVED -> 3;
            case FIN_WAIT_1 -> 4;
            case FIN_WAIT_2 -> 5;
            // In TIME-WAIT a socket of Linux has lost its connection and is closed.
            case TIME_WAIT, CLOSED -> 7;
            case CLOSE_WAIT -> 8;
            case LAST_ACK -> 9;
            case CLOSING -> 11;
        };
    }

    /** Linux's {@code enum tcp_ca_state}. */
    private static int number(final LossRecovery.Phase phase) {
        return switch (phase) {
            case OPEN -> 0;
            case DISORDER -> 1;
            case RECOVERY -> 3;
            case LOSS -> 4;
        };
    }

    /** Of a socket without a connection. */
    static void writeUnconnected(final ByteBuffer target, final boolean listening) {
        target.put((byte) (listening ? LISTEN : number(TcpState.CLOSED))).put(new byte[BYTES - 1]);
    }

    /** Appends the structure to {@code target}, in its byte order. */
    public static void write(final TcpInfo info, final ByteBuffer target) {
        final int mss = Math.max(1, info.sendMss());
        final int options = (info.timestamps() ? OPTION_TIMESTAMPS : 0)
                | (info.sack() ? OPTION_SACK : 0)
                | (info.windowScale() ? OPTION_WINDOW_SCALE : 0);
        final int start = target.position();
        target.put((byte) number(info.state()));
        target.put((byte) number(info.phase()));
        target.put((byte) info.retransmits());
        target.put((byte) info.probes());
        target.put((byte) info.backoff());
        target.put((byte) options);
        target.put((byte) (info.sendScale() | info.receiveScale() << 4));
        target.put((byte) 0); // tcpi_delivery_rate_app_limited, tcpi_fastopen_client_fail
        target.putInt(micros(info.rtoNanos()));
        target.putInt(micros(info.delayedAckNanos()));
        target.putInt(info.sendMss());
        target.putInt(info.receiveMss());
        target.putInt(info.unackedSegments());
        target.putInt(info.sackedSegments());
        target.putInt(info.lostSegments());
        target.putInt(info.retransmittedSegments());
        skip(target, 1); // tcpi_fackets: no more in Linux either
        target.putInt(millis(info.sinceDataSentNanos()));
        skip(target, 1); // tcpi_last_ack_sent: "not remembered, sorry"
        target.putInt(millis(info.sinceDataReceivedNanos()));
        target.putInt(millis(info.sinceAckReceivedNanos()));
        target.putInt(info.pathMtu());
        target.putInt(info.receiveSpace()); // tcpi_rcv_ssthresh
        target.putInt(micros(info.rttNanos()));
        target.putInt(micros(info.rttVarianceNanos()));
        target.putInt(info.ssthreshBytes() >= NO_SSTHRESH ? INFINITE_SSTHRESH : info.ssthreshBytes() / mss);
        target.putInt(info.cwndBytes() / mss);
        target.putInt(info.advertisedMss());
        skip(target, 2); // tcpi_reordering, tcpi_rcv_rtt
        target.putInt(info.receiveSpace());
        target.putInt((int) info.segmentsRetransmitted());
        target.putLong(info.pacingRate() == 0 ? -1 : info.pacingRate());
        target.putLong(-1); // tcpi_max_pacing_rate: none
        target.putLong(info.bytesAcked());
        target.putLong(info.bytesReceived());
        target.putInt((int) info.segmentsOut());
        target.putInt((int) info.segmentsIn());
        target.putInt(info.notSentBytes());
        target.putInt(micros(info.minRttNanos()));
        target.putInt((int) info.dataSegmentsIn());
        target.putInt((int) info.dataSegmentsOut());
        skip(
                target,
                10); // tcpi_delivery_rate, tcpi_busy_time, tcpi_rwnd_limited, tcpi_sndbuf_limited, tcpi_delivered(_ce)
        target.putLong(info.bytesSent());
        target.putLong(info.bytesRetransmitted());
        skip(target, 3); // tcpi_dsack_dups, tcpi_reord_seen, tcpi_rcv_ooopack
        target.putInt(info.peerWindow());
        assert target.position() - start == BYTES;
    }

    private static void skip(final ByteBuffer target, final int words) {
        for (int i = 0; i < words; i++) {
            target.putInt(0);
        }
    }

    private static int micros(final long nanos) {
        return (int) (nanos / MICROS);
    }

    private static int millis(final long nanos) {
        return (int) (nanos / MILLIS);
    }
}
