package io.tapstack.tcp.ecn;

import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpOptions;
import io.tapstack.wire.TrafficClass;

/**
 * Evaluates the peer's feedback for a data sender in AccECN mode (RFC 9768 3.2): it keeps a copy of the peer's counters
 * and resolves wraps of the three-bit ACE field (3.2.2.5.2). If the path or the peer breaks the feedback, data is sent
 * as not ECN-capable.
 */
public final class AccEcnSender {

    /** The state of the peer's AccECN options, with the numbers of Linux's tcpi_accecn_opt_seen. */
    public enum OptionSeen {
        /** None received: they count as unavailable (3.2.3.2.3). */
        NONE,
        EMPTY,
        COUNTERS,
        /** A counter was 0, which is invalid: options are ignored (3.2.3.2.4). */
        ZEROED
    }

    private static final int ACE_MASK = 7;
    private static final int ACE_CYCLE = 8;
    private static final int BYTES_MASK = 0xFF_FFFF;

    /** Appendix A.2.2. */
    private static final int SAFETY_FACTOR = 2;

    /** Appendix A.2.1: if ACKs cover this many packets on average, a jump of eight or more is no sign of lost ACKs. */
    private static final int THINNED = 4;

    /** Fraction bits of the moving average of packets per ACK; each ACK has a weight of one eighth. */
    private static final int AVERAGE_SHIFT = 3;

    /** 3.2.2.3: "the first three or four rounds". */
    private static final int MARKED_ROUNDS = 4;

    /** Minimum number of packets in these rounds. */
    private static final int MARKED_PACKETS = 32;

    // s.cep, s.ceb, s.e0b, s.e1b
    private int packets = AccEcnReceiver.INITIAL_PACKETS;
    private int ceBytes;
    private int ect0Bytes = AccEcnReceiver.INITIAL_ECT_BYTES;
    private int ect1Bytes = AccEcnReceiver.INITIAL_ECT_BYTES;

    private OptionSeen optionSeen = OptionSeen.NONE;
    private int marksSinceOption;
    private int averagePackets;

    private boolean heard;
    private boolean mangled;
    private boolean deaf;
    private int lastTimestamp;
    private boolean timestampKnown;

    // True while each packet since the start is reported as marked.
    private boolean rounds = true;
    private int round;
    private int roundEnd;
    private int roundsPackets;

    // ---- The handshake

    /** The peer reports this ECN field for our SYN or SYN-ACK, which was sent as not ECN-capable. */
    public void handshakeEchoed(final int ecnField) {
        if (ecnField != TrafficClass.NOT_ECT && ecnField != HandshakeEcho.UNKNOWN) {
            // 3.2.2.3: an invalid transition; data must not be ECN-capable, but marks count.
            mangled = true;
        }
    }

    /** Server: 3.2.2.1, table 4, the ACE field of the pure ACK of the SYN-ACK. */
    public void synAckAcknowledged(final int ace) {
        if (ace == 0) {
            // Note 1: "MUST NOT set ECT on outgoing packets and MUST NOT respond to AccECN feedback".
            disable();
            return;
        }
        final int field = HandshakeEcho.field(ace);
        handshakeEchoed(field);
        if (field == TrafficClass.CONGESTION_EXPERIENCED) {
            packets++;
        }
    }

    /**
     * The first segment that can have the option (3.2.3.2.3, 3.2.3.2.4): the SYN-ACK, or the first segment that
     * acknowledges ours.
     */
    public void firstOptions(final TcpOptions options) {
        if (options.hasAccEcn() && (options.echoEct0Bytes() == 0 || options.echoEct1Bytes() == 0)) {
            optionSeen = OptionSeen.ZEROED;
        } else {
            optionsArrived(options);
        }
    }

    // ---- Feedback

    /**
     * Processes the feedback of an acceptable ACK.
     *
     * @param sndUna SND.UNA after the ACK
     * @param sndNxt SND.NXT
     * @param segments segments that the ACK delivers, as far as known: acknowledged or SACKed for the first time
     * @param newer true if the ACK is known to be newer than previous ones, though it delivers nothing
     * @param flight segments in flight before the ACK
     * @return number of our packets that this ACK newly reports with CE
     */
    public int feedback(
            final Segment segment,
            final int sndUna,
            final int sndNxt,
            final int segments,
            final boolean newer,
            final int flight,
            final int mss) {
        final boolean newTimestamp = takeTimestamp(segment.options);
        if (segments == 0 && !newer && !newTimestamp) {
            return 0; // Appendix A.1: superseded, or without new information.
        }
        if (!heard) {
            heard = true;
            if (segment.ace() == 0) {
                // 3.2.2.4: no counter starts at 0. A middlebox zeroes the field, or the peer is in another mode.
                disable();
            }
        }
        final int before = ceBytes;
        final boolean option = optionsArrived(segment.options);
        final int newBytes = ceBytes - before;
        final int least = segment.ace() - packets & ACE_MASK;
        final int marks = option
                ? supplemented(least, newBytes, segments, mss)
                : averagePackets >= THINNED << AVERAGE_SHIFT ? least : safest(least, segments);
        if (segments > 0) {
            averagePackets += segments - (averagePackets >> AVERAGE_SHIFT);
        }
        if (newBytes > 0 && marks == 0 && marksSinceOption == 0 && flight < ACE_CYCLE) {
            // 3.2.3.2.5: bytes were marked but no packet, and the field cannot have wrapped: MUST disable.
            mangled = true;
        }
        packets += marks;
        marksSinceOption = option ? 0 : marksSinceOption + marks;
        look(sndUna, sndNxt, segments, marks);
        return deaf ? 0 : marks;
    }

    /**
     * 3.2.2.5.2 and A.2.1: returns the largest likely number of marks, from the number of packets acknowledged at once.
     */
    private static int safest(final int least, final int segments) {
        return segments <= least ? least : segments - (segments - least & ACE_MASK);
    }

    /** A.2.2: corrects the number of marks by the byte counters. */
    private int supplemented(final int least, final int newBytes, final int segments, final int mss) {
        final int safest = safest(least, segments);
        if (safest == least) {
            return least;
        }
        // Marks counted since the last option are among its bytes.
        final boolean plausible = newBytes <= (long) mss * (least + marksSinceOption);
        return plausible && (long) newBytes * SAFETY_FACTOR < (long) mss * (safest + marksSinceOption) ? least : safest;
    }

    /**
     * Processes the AccECN option.
     *
     * @return true if a valid option is present
     */
    private boolean optionsArrived(final TcpOptions options) {
        if (!options.hasAccEcn() || optionSeen == OptionSeen.ZEROED) {
            return false;
        }
        final int e0b = options.echoEct0Bytes();
        final int ceb = options.echoCeBytes();
        final int e1b = options.echoEct1Bytes();
        // 3.2.3.1: "the minimum positive increment".
        ect0Bytes += e0b < 0 ? 0 : e0b - ect0Bytes & BYTES_MASK;
        ceBytes += ceb < 0 ? 0 : ceb - ceBytes & BYTES_MASK;
        ect1Bytes += e1b < 0 ? 0 : e1b - ect1Bytes & BYTES_MASK;
        if (e0b >= 0 || ceb >= 0 || e1b >= 0) {
            optionSeen = OptionSeen.COUNTERS;
        } else if (optionSeen == OptionSeen.NONE) {
            optionSeen = OptionSeen.EMPTY;
        }
        return true;
    }

    /**
     * Processes the timestamp.
     *
     * @return true if it is later than all previous ones
     */
    private boolean takeTimestamp(final TcpOptions options) {
        if (!options.hasTimestamps()) {
            return false;
        }
        final int value = options.timestampValue();
        if (timestampKnown && SequenceNumber.lessOrEqual(value, lastTimestamp)) {
            return false;
        }
        final boolean later = timestampKnown;
        timestampKnown = true;
        lastTimestamp = value;
        return later;
    }

    /**
     * 3.2.2.3: detects a path on which "the feedback for every packet it sends for the first three or four rounds" is
     * CE. Such marks are not congestion.
     */
    private void look(final int sndUna, final int sndNxt, final int segments, final int marks) {
        if (!rounds) {
            return;
        }
        rounds = marks >= segments;
        roundsPackets += segments;
        if (round > 0 && SequenceNumber.lessThan(sndUna, roundEnd)) {
            return;
        }
        roundEnd = sndNxt;
        round++;
        if (rounds && round > MARKED_ROUNDS && roundsPackets >= MARKED_PACKETS) {
            rounds = false;
            disable();
        }
    }

    private void disable() {
        mangled = true;
        deaf = true;
    }

    // ---- Results

    /** True if data may be sent as ECN-capable. */
    public boolean maySendCapable() {
        return !mangled;
    }

    /** True if marks are ignored. */
    public boolean isDeaf() {
        return deaf;
    }

    /** The state of the peer's AccECN options. */
    public OptionSeen optionSeen() {
        return optionSeen;
    }

    /** Number of our packets that the peer reports with CE. */
    public int marks() {
        return packets - AccEcnReceiver.INITIAL_PACKETS;
    }

    /** Payload that the peer reports with CE, in bytes. */
    public int ceBytes() {
        return ceBytes;
    }

    /** Payload that the peer reports with ECT(0), in bytes, plus the initial value. */
    public int ect0Bytes() {
        return ect0Bytes;
    }

    /** Payload that the peer reports with ECT(1), in bytes, plus the initial value. */
    public int ect1Bytes() {
        return ect1Bytes;
    }
}
