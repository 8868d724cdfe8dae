package io.tapstack.packetdrill.machine;

import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.link.PacketLink;
import io.tapstack.packetdrill.packet.WirePacket;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A link without Ethernet whose other end is a script. */
final class ScriptLink extends PacketLink {

    private final LongSupplier clock;
    private final ArrayDeque<WirePacket> sent = new ArrayDeque<>();

    /**
     * @param mtu in bytes
     * @param clock the time that packets of the stack get, in microseconds
     */
    ScriptLink(final int mtu, final LongSupplier clock) {
        super(LinkCapabilities.plain(LinkType.IP, mtu));
        this.clock = clock;
    }

    /** The next packet of the stack. */
    Optional<WirePacket> take() {
        return Optional.ofNullable(sent.poll());
    }

    boolean hasPacket() {
        return !sent.isEmpty();
    }

    @Override
    protected void sent(final byte[] packet) {
        sent.add(WirePacket.of(packet, clock.getAsLong()));
    }
}
