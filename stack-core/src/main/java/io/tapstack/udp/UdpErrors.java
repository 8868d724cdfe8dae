package io.tapstack.udp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.ErrorReport;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.PendingErrors;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.UdpHeader;

/**
 * The errors of a {@link UdpEndpoint}: the pending error ({@code SO_ERROR}), and with {@code IP_RECVERR}
 * ({@code ip(7)}) a report of each ICMP message and of each datagram that was too long.
 */
final class UdpErrors extends PendingErrors {

    private final UdpEndpoint endpoint;
    private boolean reportsAll;

    UdpErrors(final UdpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    protected StackStatistics statistics() {
        return endpoint.statistics();
    }

    @Override
    protected void reported() {
        endpoint.observer().reported();
    }

    /** {@code IP_RECVERR}. */
    void reportAll(final boolean on) {
        reportsAll = on;
        if (!on) {
            dropErrors();
        }
    }

    boolean reportsAll() {
        return reportsAll;
    }

    /**
     * Handles an ICMP error about a datagram. As on Linux, a connected socket is told of errors that last, and one with
     * {@code IP_RECVERR} of all.
     *
     * @param passes true if this endpoint takes it for no error: a datagram that may be fragmented
     * @param quoted its head is at the quoted UDP header
     * @return true if there is a pending error now
     */
    boolean icmpError(
            final IcmpError error,
            final boolean passes,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        if (passes || !reportsAll && (endpoint.remote() == null || !error.isHard())) {
            return false;
        }
        if (reportsAll) {
            final int port = UdpHeader.destinationPort(quoted.memory().bytes(), quoted.head());
            final byte[] payload = new byte[quoted.contiguousLength() - UdpHeader.LENGTH];
            quoted.memory().bytes().get(quoted.head() + UdpHeader.LENGTH, payload);
            report(ErrorReport.icmp(error, info, port, payload, nowNanos));
        }
        pending(error.socketError());
        return true;
    }

    /** A datagram was not sent, as it is too long for the path. */
    void tooLong(final IpPath way) {
        if (reportsAll) {
            final Endpoint connected = endpoint.remote();
            final int port = connected == null ? 0 : connected.port(); // as on Linux
            report(ErrorReport.tooLong(new Endpoint(way.destination(), port), way.mtu()));
        }
    }

    private void report(final ErrorReport report) {
        queue().add(report, endpoint.receiveLimitBytes() - endpoint.heldBytes());
    }
}
