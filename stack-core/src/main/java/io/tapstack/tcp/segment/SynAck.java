package io.tapstack.tcp.segment;

import io.tapstack.ip.IpPath;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.TcpConfig;
import org.jspecify.annotations.Nullable;

/** The contents of a SYN-ACK, {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>}, and the negotiated options. */
public interface SynAck {

    IpPath path();

    int localPort();

    int remotePort();

    TcpConfig config();

    int iss();

    int rcvNxt();

    /** AE, CWR and ECE (RFC 3168 6.1.1, RFC 9768 3.1.2). */
    int ecnFlags();

    /** Announces SEG.WND, which a SYN-ACK never scales (RFC 7323 2.2). */
    int announceWindow();

    /** The shift of the window scale option (RFC 7323 2.2), or -1 for none. */
    int windowShift();

    /** True with the SACK-permitted option (RFC 2018 2). */
    boolean sackPermitted();

    /** The timestamps (RFC 7323 3), or null for none. */
    @Nullable
    Timestamps timestamps();

    /** The Fast Open cookie (RFC 7413 4.1.1), or null for none. */
    @Nullable
    FastOpenCookie cookie();

    /** True with an AccECN option (RFC 9768 3.2.3.2.1). */
    boolean hasAccEcnOption();
}
