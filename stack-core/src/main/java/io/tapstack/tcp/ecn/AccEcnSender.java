package io.tapstack.tcp.ecn;

import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpOptions;

/**
 * What a data sender in AccECN mode makes of the peer's feedback (RFC 9768 3.2): its copy of the peer's counters,
 * whether a field of three bits may have wrapped (3.2.2.5.2), and whether the path or the peer garbles what the scheme
 * depends on, so that data goes out as not ECN-capable.
 */
public final class AccEcnSender {

    /** What is known of the peer's AccECN options; the numbers are those of Linux's tcpi_accecn_opt_seen. */
    public enum OptionSeen {
        /** None: they are taken for not available (3.2.3.2.3). */
        NONE,
        EMPTY,
        COUNTERS,
        /** A counter that cannot be 0 was: they are ignored (3.2.3.2.4). */
        ZEROED
    }

    private static final int ACE_MASK = 7;
    private static final int ACE_CYCLE = 8;
    private static final int BYTES_MASK = 0xFF_FFFF;

    /** Appendix A.2.2. */
    private static final int SAFETY_FACTOR = 2;

    /**
     * Appendix A.2.1: where ACKs cover so many packets on the average, a jump of eight or more is no sign of lost ones.
     */
    private static final int THINNED = 4;

    /** The moving average of packets an ACK has this many bits behind the point; each ACK weighs an eighth. */
    private static final int AVERAGE_SHIFT = 3;

    /** 3.2.2.3: "the first three or four rounds". */
    private static final int MARKED_ROUNDS = 4;

    /** And of so many packets: a few say nothing. */
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

    // Whether every packet comes back as marked, from the start.
    private boolean rounds = true;
    private int round;
    private int roundEnd;
    private int roundsPackets;

    // ---- The handshake

    /** The peer says that our SYN, or SYN-ACK, which was not ECN-capable, came with this ECN field. */
    public void handshakeEchoed(final int ecnField) {
        if (ecnField != Ipv4Header.NOT_ECT && ecnField != HandshakeEcho.UNKNOWN) {
            // 3.2.2.3: an invalid transition; data is not to be ECN-capable. Marks count all the same.
            mangled = true;
        }
    }

    /** A server: 3.2.2.1, table 4, the ACE field of the pure ACK of its SYN-ACK. */
    public void synAckAcknowledged(final int ace) {
        if (ace == 0) {
            // Note 1: "MUST NOT set ECT on outgoing packets and MUST NOT respond to AccECN feedback".
            disable();
            return;
        }
        final int field = HandshakeEcho.field(ace);
        handshakeEchoed(field);
        if (field == Ipv4Header.CONGESTION_EXPERIENCED) {
            packets++;
        }
    }

    /**
     * The first segment that can have options (3.2.3.2.3, 3.2.3.2.4): the SYN-ACK, or the first that acknowledges ours.
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
     * An ACK came that is acceptable.
     *
     * @param sndUna SND.UNA behind it
     * @param sndNxt SND.NXT
     * @param segments that it delivers, as far as is known: acknowledged or SACKed, and neither before
     * @param newer whether it is known to be newer than what was seen before, though it delivers nothing
     * @param flight segments that were in flight before it
     * @return how many packets of ours have come with CE, as far as this ACK adds to it
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
            return 0; // Appendix A.1: superseded, or it says nothing new.
        }
        if (!heard) {
            heard = true;
            if (segment.ace() == 0) {
                // 3.2.2.4: no counter starts at 0. Something zeroes the field, or the peer is in another mode.
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
            // 3.2.3.2.5: bytes were marked and no packet, and the field cannot have wrapped: MUST disable.
            mangled = true;
        }
        packets += marks;
        marksSinceOption = option ? 0 : marksSinceOption + marks;
        look(sndUna, sndNxt, segments, marks);
        return deaf ? 0 : marks;
    }

    /** 3.2.2.5.2 and A.2.1: what is most and likely, from how many packets are acknowledged at once. */
    private static int safest(final int least, final int segments) {
        return segments <= least ? least : segments - (segments - least & ACE_MASK);
    }

    /** A.2.2: the bytes tell whether that is likely. */
    private int supplemented(final int least, final int newBytes, final int segments, final int mss) {
        final int safest = safest(least, segments);
        if (safest == least) {
            return least;
        }
        // Marks that were counted since the last option are among its bytes.
        final boolean plausible = newBytes <= (long) mss * (least + marksSinceOption);
        return plausible && (long) newBytes * SAFETY_FACTOR < (long) mss * (safest + marksSinceOption) ? least : safest;
    }

    /** @return true if there was an option that counts */
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

    /** @return true if the segment has a later timestamp than all before */
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
     * 3.2.2.3: is "the feedback for every packet it sends for the first three or four rounds" CE? Then it is no
     * congestion that marks.
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

    // ---- What came of it

    /** True if nothing speaks against ECN-capable data. */
    public boolean maySendCapable() {
        return !mangled;
    }

    /** True if marks are not believed. */
    public boolean isDeaf() {
        return deaf;
    }

    public OptionSeen optionSeen() {
        return optionSeen;
    }

    /** Packets of ours that have come with CE. */
    public int marks() {
        return packets - AccEcnReceiver.INITIAL_PACKETS;
    }

    public int ceBytes() {
        return ceBytes;
    }

    public int ect0Bytes() {
        return ect0Bytes;
    }

    public int ect1Bytes() {
        return ect1Bytes;
    }
}
