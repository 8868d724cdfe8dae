package io.tapstack.tcp.ecn;

import io.tapstack.tcp.AccEcnOptionMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;

/**
 * The AccECN option of our segments (RFC 9768 3.2.3.3): when it is due, its fields, and the room beside SACK blocks. If
 * the path drops packets with the option, no more are sent (3.2.3.2.2).
 */
public final class AccEcnOption {

    private static final int NONE = -1;
    private static final int ALL = 3;

    // Counters, as bits.
    private static final int ECT_0 = 1;
    private static final int CE = 2;
    private static final int ECT_1 = 4;

    /** 3.2.3.3: two SACK blocks precede the option. */
    private static final int TWO_BLOCKS = TcpOptions.sackLength(2);

    /** 3.2.3.3: "at least once for every 2^22 bytes incremented". */
    private static final int LONGEST_SILENCE = 1 << 22;

    /** 3.2.3.2.2: number of retransmissions of data acknowledged with the option that ends its use. */
    private static final int STRIKES = 3;

    /** Number of ACKs with the option after which a retransmission starts a new count. */
    private static final int FORGIVEN = 16;

    private final TcpConfig config;
    private final AccEcnReceiver counters;

    // Counters of the last option.
    private int ect0Told = AccEcnReceiver.INITIAL_ECT_BYTES;
    private int ceTold;
    private int ect1Told = AccEcnReceiver.INITIAL_ECT_BYTES;
    private int ever;

    // MINIMAL: the counter that changed last, and the number of ACKs that must report a change.
    private int last;
    private int demand;
    private long toldNanos;

    private boolean firstAckDue;
    private boolean firstDataDue;
    private boolean firstDataSent;
    private int firstData;

    private boolean blocked;
    private int acksTold;
    private int strikes;

    // Fields of the segment under construction.
    private int fields = NONE;
    private boolean order0;

    public AccEcnOption(final TcpConfig config, final AccEcnReceiver counters) {
        this.config = config;
        this.counters = counters;
    }

    // ---- The handshake

    /** 3.2.3.2.1: a client tests the path with its first ACK and its first data. */
    public void handshakeDue() {
        firstAckDue = true;
        firstDataDue = true;
    }

    /** Records a loss that the option may have caused. */
    public void suspect() {
        blocked = true;
    }

    /** True if the path seems to drop packets with the option. */
    public boolean isBlocked() {
        return blocked;
    }

    // ---- Received segments

    /** Records a packet with {@code payload} bytes and this ECN field. */
    public void dataArrived(final int ecnField, final int payload) {
        if (payload == 0 || ecnField == 0) {
            return;
        }
        final int counter =
                switch (ecnField) {
                    case 1 -> ECT_1;
                    case 2 -> ECT_0;
                    default -> CE;
                };
        ever |= counter;
        if (counter != last) {
            // "Change-Triggered", and "on the next scheduled ACK following" it.
            last = counter;
            demand = 2;
        }
    }

    /** Records a retransmission of acknowledged data: the ACK may be lost because of its option. */
    public void repetitionArrived() {
        if (acksTold == 0) {
            return;
        }
        strikes = acksTold > FORGIVEN ? 1 : strikes + 1;
        acksTold = 0;
        blocked |= strikes >= STRIKES;
    }

    // ---- Sent segments

    /**
     * Chooses the option of the next segment, which carries an ACK.
     *
     * @param space bytes left for options
     * @param sackLength bytes of these that SACK needs
     * @param srtt the smoothed round trip
     * @return length of the option in bytes, 0 for none
     */
    public int choose(final int space, final int sackLength, final boolean data, final long srtt, final long nowNanos) {
        fields = NONE;
        final AccEcnOptionMode mode = config.accEcnOption();
        if (mode == AccEcnOptionMode.NEVER || blocked && mode != AccEcnOptionMode.PERSISTENT) {
            return 0;
        }
        final int changed = changed();
        if (firstAckDue || data && firstDataDue) {
            // Both ECT counters, so that the peer detects zeroed ones; or those that fit.
            if (!take(ect01(changed), ALL, space, sackLength)) {
                takeRequired(changed, space, sackLength);
            }
        } else if (isDue(mode, changed, srtt, nowNanos)) {
            takeRequired(changed, space, sackLength);
        }
        return fields == NONE ? 0 : TcpOptions.accEcnLength(fields);
    }

    private static int ect01(final int changed) {
        return changed | ECT_0 | ECT_1;
    }

    /**
     * Chooses all counters that have ever changed, or at least those changed since the last option; otherwise none
     * (3.2.3.3).
     */
    private void takeRequired(final int changed, final int space, final int sackLength) {
        if (!take(ever | changed, length(ever | changed), space, sackLength)) {
            take(changed, length(changed), space, sackLength);
        }
    }

    private boolean take(final int wanted, final int count, final int space, final int sackLength) {
        final int length = TcpOptions.accEcnLength(count);
        if (length > space || sackLength > 0 && space - length < Math.min(sackLength, TWO_BLOCKS)) {
            return false;
        }
        fields = count;
        order0 = lengthInOrder0(wanted) == count && count < ALL;
        return true;
    }

    private static int length(final int wanted) {
        return Math.min(lengthInOrder0(wanted), lengthInOrder1(wanted));
    }

    private static int lengthInOrder0(final int wanted) {
        return (wanted & ECT_1) != 0 ? 3 : (wanted & CE) != 0 ? 2 : wanted;
    }

    private static int lengthInOrder1(final int wanted) {
        return (wanted & ECT_0) != 0 ? 3 : (wanted & CE) != 0 ? 2 : (wanted & ECT_1) != 0 ? 1 : 0;
    }

    private int changed() {
        return (counters.ect0Bytes() == ect0Told ? 0 : ECT_0)
                | (counters.ceBytes() == ceTold ? 0 : CE)
                | (counters.ect1Bytes() == ect1Told ? 0 : ECT_1);
    }

    private boolean isDue(final AccEcnOptionMode mode, final int changed, final long srtt, final long nowNanos) {
        if (changed == 0) {
            return false;
        }
        if (mode != AccEcnOptionMode.MINIMAL) {
            return true;
        }
        final int beacons = config.accEcnBeacons();
        return (changed & CE) != 0
                || demand > 0
                || beacons > 0 && nowNanos - toldNanos >= srtt / beacons
                || counters.ect0Bytes() - ect0Told >= LONGEST_SILENCE
                || counters.ect1Bytes() - ect1Told >= LONGEST_SILENCE;
    }

    /** Writes the chosen option at {@code at}. */
    public void write(final ByteBuffer bytes, final int at) {
        TcpOptions.writeAccEcn(
                bytes, at, order0, fields, counters.ect0Bytes(), counters.ceBytes(), counters.ect1Bytes());
    }

    /** Records the chosen segment as sent, with {@code payload} bytes from {@code seq}, new or retransmitted. */
    public void sent(final int seq, final int payload, final boolean newData, final long nowNanos) {
        final boolean told = fields != NONE;
        if (payload > 0) {
            dataSent(seq, newData, told);
        } else if (firstAckDue) {
            firstAckDue = false;
        }
        if (!told) {
            return;
        }
        acksTold += changed() == 0 ? 0 : 1;
        demand = Math.max(0, demand - 1);
        toldNanos = nowNanos;
        if (carries(ECT_0)) {
            ect0Told = counters.ect0Bytes();
        }
        if (carries(CE)) {
            ceTold = counters.ceBytes();
        }
        if (carries(ECT_1)) {
            ect1Told = counters.ect1Bytes();
        }
        fields = NONE;
    }

    private boolean carries(final int counter) {
        return (order0 ? lengthInOrder0(counter) : lengthInOrder1(counter)) <= fields;
    }

    /**
     * 3.2.3.2.2: "If the TCP Client detects that the first data segment it sent with an AccECN Option was lost ... it
     * SHOULD fall back to no AccECN Option".
     */
    private void dataSent(final int seq, final boolean newData, final boolean told) {
        if (newData) {
            firstDataDue = false;
            if (told && !firstDataSent) {
                firstDataSent = true;
                firstData = seq;
            }
        } else if (firstDataSent && seq == firstData) {
            blocked = true;
        }
    }
}
