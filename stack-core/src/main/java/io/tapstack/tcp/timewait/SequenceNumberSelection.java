package io.tapstack.tcp.timewait;

import io.tapstack.ip.IpPath;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.demux.InitialSequenceNumber;
import java.util.OptionalInt;

/**
 * Initial sequence number selection (RFC 9293 3.4.1): the number of the clock (RFC 6528), or a fixed one for tests. It
 * lies ahead of the numbers of a connection in TIME-WAIT that it replaces (RFC 6191).
 */
public final class SequenceNumberSelection {

    private final InitialSequenceNumber clock;
    private final TimeWaitTable timeWaits;
    private OptionalInt fixed = OptionalInt.empty();

    public SequenceNumberSelection(final InitialSequenceNumber clock, final TimeWaitTable timeWaits) {
        this.clock = clock;
        this.timeWaits = timeWaits;
    }

    /** As {@link TcpProtocol#fixInitialSequenceNumber}. */
    public void fix(final OptionalInt iss) {
        fixed = iss;
    }

    /** Returns the ISS of a new connection. */
    public int next(final IpPath path, final int localPort, final int remotePort, final long nowNanos) {
        final int clocked = fixed.isPresent() ? fixed.getAsInt() : clock.next(path, localPort, remotePort, nowNanos);
        return timeWaits.ahead(path, localPort, remotePort, clocked);
    }

    /** As {@link InitialSequenceNumber#timestampOffset}. */
    public int timestampOffset(final IpPath path, final int localPort, final int remotePort) {
        return clock.timestampOffset(path, localPort, remotePort);
    }
}
