package io.tapstack.tcp.passive;

import io.tapstack.ip.IpPath;
import io.tapstack.tcp.demux.TupleHash;
import io.tapstack.tcp.ecn.EcnFeedback;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.WindowScale;
import io.tapstack.wire.SipHash;
import java.util.random.RandomGenerator;

/**
 * SYN cookies (RFC 4987 3.6 and appendix A): the ISS of a SYN-ACK carries the state of the connection, so that the
 * listener keeps no record and validates the ACK by its number. The ISS has a keyed hash of the 4-tuple and the peer's
 * ISN, the parity of the secret, and the MSS, rounded down:
 *
 * <pre>
 *    31                                  4   3   2     0
 *   +-------------------------------------+---+---------+
 *   |          SipHash, 28 bits           | P |   MSS   |
 *   +-------------------------------------+---+---------+
 * </pre>
 *
 * <p>The secret changes each minute and remains valid for another one. The lowest bits of our timestamp carry the other
 * options of the SYN, and the peer echoes them; without timestamps these options are not used:
 *
 * <pre>
 *     5     4     3       0
 *   +-----+------+---------+
 *   | ECN | SACK |  shift  |     a shift of 15: no window scaling
 *   +-----+------+---------+
 * </pre>
 */
public final class SynCookies {

    /** MSS values to which the peer's MSS is rounded down; the first is the smallest one in use. */
    private static final int[] MSS = {48, 536, 1_220, 1_300, 1_400, 1_440, 1_460, 8_960};

    private static final long SECRET_LIFE_NANOS = 60_000_000_000L;
    private static final int MSS_MASK = 7;
    private static final int PARITY = 8;
    private static final int HASH_SHIFT = 4;

    private static final int SHIFT_MASK = 15;
    private static final int SACK = 16;
    private static final int ECN = 32;
    private static final int OPTIONS = 64;

    private static final int LEAST_ACCURATE_ACE = 2;

    private final RandomGenerator random;
    // By parity. The initial secrets are constants, and are replaced before use.
    private final SipHash[] secrets = {new SipHash(0, 0), new SipHash(0, 0)};
    private int parity;
    private boolean used;
    private long secretSince;
    private long lastIssued;

    public SynCookies(final RandomGenerator random) {
        this.random = random;
    }

    /** Returns the ISS of a SYN-ACK for a SYN with sequence number {@code irs}. */
    int issue(
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int irs,
            final int peerMss,
            final long nowNanos) {
        if (!used || nowNanos - secretSince >= SECRET_LIFE_NANOS) {
            rotate(nowNanos);
        }
        lastIssued = nowNanos;
        return cookie(path, localPort, remotePort, irs, (parity == 0 ? 0 : PARITY) | mssIndex(peerMss));
    }

    /** Returns the peer's MSS if {@code iss} is a valid cookie for this connection and not too old, otherwise 0. */
    int check(
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int irs,
            final int iss,
            final long nowNanos) {
        if (!isExpected(nowNanos)) {
            return 0;
        }
        final boolean current = ((iss & PARITY) == 0 ? 0 : 1) == parity;
        final long life = current ? 2 * SECRET_LIFE_NANOS : SECRET_LIFE_NANOS;
        final boolean fresh = nowNanos - secretSince < life;
        final int data = iss & (PARITY | MSS_MASK);
        return fresh && cookie(path, localPort, remotePort, irs, data) == iss ? MSS[data & MSS_MASK] : 0;
    }

    /** True if an ACK of a valid cookie may still arrive. */
    boolean isExpected(final long nowNanos) {
        return used && nowNanos - lastIssued < 2 * SECRET_LIFE_NANOS;
    }

    private void rotate(final long nowNanos) {
        // After an idle time the other secret is too old as well.
        parity ^= 1;
        secrets[parity] = SipHash.random(random);
        if (!used || nowNanos - secretSince >= 2 * SECRET_LIFE_NANOS) {
            secrets[parity ^ 1] = SipHash.random(random);
        }
        secretSince = nowNanos;
        used = true;
    }

    private int cookie(final IpPath path, final int localPort, final int remotePort, final int irs, final int data) {
        final SipHash secret = secrets[(data & PARITY) == 0 ? 0 : 1];
        final long tuple = TupleHash.of(secret, path, localPort, remotePort, irs);
        return (int) secret.hash(tuple, data) << HASH_SHIFT | data;
    }

    private static int mssIndex(final int peerMss) {
        int index = MSS.length - 1;
        while (index > 0 && MSS[index] > peerMss) {
            index--;
        }
        return index;
    }

    // ---- Options in a timestamp

    /** Returns a timestamp not after {@code value} that carries options. {@code shift} is -1 for none. */
    static int mark(final int value, final int shift, final boolean sack, final boolean ecn) {
        final int options = (shift < 0 ? SHIFT_MASK : shift) | (sack ? SACK : 0) | (ecn ? ECN : 0);
        final int marked = value & -OPTIONS | options;
        return marked - value > 0 ? marked - OPTIONS : marked;
    }

    /** Returns the shift that a timestamp carries, or -1 for none. */
    static int shift(final int timestamp) {
        final int shift = timestamp & SHIFT_MASK;
        return shift > WindowScale.MAX_SHIFT ? -1 : shift;
    }

    static boolean sack(final int timestamp) {
        return (timestamp & SACK) != 0;
    }

    /**
     * Returns the ECN feedback of the SYN-ACK, of which no record exists: RFC 9768 5.1, an ACE field of 2 to 7 comes
     * from a client in AccECN mode.
     *
     * @param classic whether the timestamp carries the ECN feedback of RFC 3168
     */
    static EcnFeedback feedback(final Segment ack, final EcnFeedback accepted, final boolean classic) {
        if (accepted == EcnFeedback.ACCURATE && !classic && ack.ace() >= LEAST_ACCURATE_ACE) {
            return EcnFeedback.ACCURATE;
        }
        return classic ? EcnFeedback.CLASSIC : EcnFeedback.NONE;
    }

    static boolean ecn(final int timestamp) {
        return (timestamp & ECN) != 0;
    }
}
