package io.tapstack.posix;

import io.tapstack.socket.StreamSocket;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;

/** {@link TcpInfo} as Linux's {@code struct tcp_info} of {@code <linux/tcp.h>}, in the full length of Linux 6.18. */
public final class TcpInfoLayout {

    /** Size of the structure. */
    public static final int BYTES = 280;

    private static final int LISTEN = 10;
    private static final int OPTION_TIMESTAMPS = 1;
    private static final int OPTION_SACK = 2;
    private static final int OPTION_WINDOW_SCALE = 4;
    private static final int OPTION_ECN = 8;
    private static final int OPTION_ECN_SEEN = 16;
    private static final int OPTION_SYN_DATA = 32;
    private static final int OPTION_FAST_OPEN_CHILD = 128;
    private static final int APP_LIMITED = 1;
    private static final int FAST_OPEN_FAILURE_SHIFT = 1;
    private static final int ECN_FIELD_MANGLED = 1;
    private static final int ECN_FEEDBACK_REFUSED = 2;
    private static final int ECN_OPTION_REFUSED = 4;
    private static final int ECN_OPTION_ZEROED = 8;
    private static final int OPTION_SEEN_ZEROED = 3;
    private static final int NO_SSTHRESH = 1 << 30;
    private static final int INFINITE_SSTHRESH = 0x7FFF_FFFF;
    private static final long NO_RATE = -1;
    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;

    // The offsets at which a socket without a connection has a value other than 0.
    private static final int BITS_OFFSET = 7;
    private static final int RTO_OFFSET = 8;
    private static final int SND_MSS_OFFSET = 16;
    private static final int UNACKED_OFFSET = 24;
    private static final int SACKED_OFFSET = 28;
    private static final int SND_SSTHRESH_OFFSET = 76;
    private static final int SND_CWND_OFFSET = 80;
    private static final int REORDERING_OFFSET = 88;
    private static final int PACING_RATE_OFFSET = 104;
    private static final int MAX_PACING_RATE_OFFSET = 112;
    private static final int MIN_RTT_OFFSET = 148;
    private static final int DEFAULT_MSS = 536;
    private static final int DEFAULT_REORDERING = 3;

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

    /** Appends the structure of a socket without a connection, which is nearly empty on Linux. */
    static void writeUnconnected(final StreamSocket socket, final ByteBuffer target) {
        final boolean listening = socket.isListening();
        final int start = target.position();
        target.put(new byte[BYTES]);
        target.put(start, (byte) (listening ? LISTEN : number(TcpState.CLOSED)));
        final TcpConfig config = new TcpConfig();
        target.putInt(start + SND_CWND_OFFSET, config.initialWindowSegments());
        target.putInt(start + REORDERING_OFFSET, DEFAULT_REORDERING);
        target.putLong(start + PACING_RATE_OFFSET, NO_RATE);
        target.putLong(start + MAX_PACING_RATE_OFFSET, NO_RATE);
        if (listening) {
            target.putInt(start + UNACKED_OFFSET, socket.pendingConnections());
            target.putInt(start + SACKED_OFFSET, socket.backlog());
        } else {
            target.put(start + BITS_OFFSET, (byte) APP_LIMITED);
            target.putInt(start + RTO_OFFSET, micros(config.initialRtoNanos()));
            target.putInt(start + SND_MSS_OFFSET, DEFAULT_MSS);
            target.putInt(start + SND_SSTHRESH_OFFSET, INFINITE_SSTHRESH);
            target.putInt(start + MIN_RTT_OFFSET, micros(Long.MAX_VALUE));
        }
    }

    /** Appends the structure to {@code target}, in its byte order. */
    public static void write(final TcpInfo info, final ByteBuffer target) {
        final int start = target.position();
        state(info, target);
        flight(info, target);
        path(info, target);
        counts(info, target);
        marks(info.marks(), target);
        assert target.position() - start == BYTES;
    }

    private static void state(final TcpInfo info, final ByteBuffer target) {
        final TcpInfo.Agreed agreed = info.agreed();
        final TcpInfo.Timers timers = info.timers();
        final int options = (agreed.timestamps() ? OPTION_TIMESTAMPS : 0)
                | (agreed.sack() ? OPTION_SACK : 0)
                | (agreed.windowScale() ? OPTION_WINDOW_SCALE : 0)
                | (agreed.ecn() ? OPTION_ECN : 0)
                | (agreed.ecnSeen() ? OPTION_ECN_SEEN : 0)
                | (agreed.synDataTaken() ? OPTION_SYN_DATA : 0)
                | (agreed.fastOpenChild() ? OPTION_FAST_OPEN_CHILD : 0);
        target.put((byte) number(info.state()));
        target.put((byte) info.congestion().ordinal());
        target.put((byte) timers.retransmits());
        target.put((byte) timers.probes());
        target.put((byte) timers.backoff());
        target.put((byte) options);
        target.put((byte) (agreed.sendScale() | agreed.receiveScale() << 4));
        target.put((byte) ((info.rates().deliveryAppLimited() ? APP_LIMITED : 0)
                | agreed.fastOpenFailure().ordinal() << FAST_OPEN_FAILURE_SHIFT));
        target.putInt(micros(timers.rtoNanos()));
        target.putInt(micros(timers.delayedAckNanos()));
        target.putInt(info.sizes().sendMss());
        target.putInt(info.sizes().receiveMss());
    }

    private static void flight(final TcpInfo info, final ByteBuffer target) {
        final TcpInfo.Flight flight = info.flight();
        target.putInt(flight.unacked());
        target.putInt(flight.sacked());
        target.putInt(flight.lost());
        target.putInt(flight.retransmitted());
        target.putInt(0); // tcpi_fackets: not in Linux any more either
        target.putInt(millis(info.timers().sinceDataSentNanos()));
        target.putInt(0); // tcpi_last_ack_sent: "not remembered, sorry"
        target.putInt(millis(info.timers().sinceDataReceivedNanos()));
        target.putInt(millis(info.timers().sinceAckReceivedNanos()));
    }

    private static void path(final TcpInfo info, final ByteBuffer target) {
        final TcpInfo.Windows windows = info.windows();
        final TcpInfo.RoundTrip roundTrip = info.roundTrip();
        final int mss = Math.max(1, info.sizes().sendMss());
        target.putInt(info.sizes().pathMtu());
        target.putInt(windows.receiveLimit()); // tcpi_rcv_ssthresh
        target.putInt(micros(roundTrip.smoothedNanos()));
        target.putInt(micros(roundTrip.varianceNanos()));
        target.putInt(windows.ssthresh() >= NO_SSTHRESH ? INFINITE_SSTHRESH : windows.ssthresh() / mss);
        target.putInt(windows.cwnd() / mss);
        target.putInt(info.sizes().advertisedMss());
        target.putInt(info.flight().reordering());
        target.putInt(micros(roundTrip.receiverNanos()));
        target.putInt((int) windows.receiveSpace());
        target.putInt((int) info.sent().segmentsAgain());
        target.putLong(rate(info.rates().pacing()));
        target.putLong(rate(info.rates().maxPacing()));
    }

    private static void counts(final TcpInfo info, final ByteBuffer target) {
        final TcpInfo.Sent sent = info.sent();
        final TcpInfo.Received received = info.received();
        target.putLong(sent.bytesAcked());
        target.putLong(received.bytes());
        target.putInt((int) sent.segments());
        target.putInt((int) received.segments());
        target.putInt(info.flight().notSentBytes());
        target.putInt(micros(info.roundTrip().minNanos()));
        target.putInt((int) received.dataSegments());
        target.putInt((int) sent.dataSegments());
        target.putLong(info.rates().delivery());
        target.putLong(info.limited().busyNanos() / MICROS);
        target.putLong(info.limited().peerWindowNanos() / MICROS);
        target.putLong(info.limited().sendBufferNanos() / MICROS);
        target.putInt((int) sent.delivered());
        target.putInt((int) sent.deliveredMarked());
        target.putLong(sent.bytes());
        target.putLong(sent.bytesAgain());
        target.putInt((int) sent.duplicates());
        target.putInt(sent.reorderings());
        target.putInt((int) received.outOfOrder());
        target.putInt(info.windows().peerWindow());
        target.putInt(info.windows().receiveWindow());
        target.putInt(0); // tcpi_rehash: there is no other path that a hash could choose
        target.putShort((short) info.timeouts().count());
        target.putShort((short) info.timeouts().recoveries());
        target.putInt(millis(info.timeouts().nanos()));
    }

    /** The counters of Accurate ECN: tcpi_received_ce to tcpi_accecn_opt_seen. */
    private static void marks(final TcpInfo.Marks marks, final ByteBuffer target) {
        target.putInt((int) marks.received());
        bytes(marks.sentBytes(), target);
        bytes(marks.receivedBytes(), target);
        final int failMode = (marks.capableRefused() ? ECN_FIELD_MANGLED : 0)
                | (marks.feedbackRefused() ? ECN_FEEDBACK_REFUSED : 0)
                | (marks.optionRefused() ? ECN_OPTION_REFUSED : 0)
                | (marks.optionSeen() == OPTION_SEEN_ZEROED ? ECN_OPTION_ZEROED : 0);
        target.putShort((short) failMode);
        target.putShort((short) marks.optionSeen());
    }

    private static void bytes(final TcpInfo.MarkedBytes bytes, final ByteBuffer target) {
        target.putInt((int) bytes.ect1());
        target.putInt((int) bytes.ect0());
        target.putInt((int) bytes.ce());
    }

    private static long rate(final long bytesPerSecond) {
        return bytesPerSecond == 0 ? NO_RATE : bytesPerSecond;
    }

    /** As 32 bits without a sign; {@link Long#MAX_VALUE}, which means none, is all ones. */
    private static int micros(final long nanos) {
        return nanos == Long.MAX_VALUE ? -1 : (int) (nanos / MICROS);
    }

    private static int millis(final long nanos) {
        return (int) (nanos / MILLIS);
    }
}
