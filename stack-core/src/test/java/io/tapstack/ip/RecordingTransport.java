package io.tapstack.ip;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** A transport that records its packets and errors. */
public final class RecordingTransport implements TransportProtocol {

    /** A received packet. */
    public record Received(
            IpAddress source,
            IpAddress destination,
            int trafficClass,
            int timeToLive,
            boolean unicast,
            byte[] payload) {}

    /** A received error. */
    public record Error(IcmpError error, int mtu, IpAddress source, IpAddress destination, byte[] quoted) {}

    public final List<Received> packets = new ArrayList<>();
    public final List<Error> errors = new ArrayList<>();

    @Override
    public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        packets.add(new Received(
                info.source(),
                info.destination(),
                info.trafficClass(),
                info.hopLimit(),
                info.isUnicast(),
                packet.toArray()));
        packet.release();
    }

    @Override
    public void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        errors.add(new Error(error, mtu, info.source(), info.destination(), quoted.toArray()));
    }
}
