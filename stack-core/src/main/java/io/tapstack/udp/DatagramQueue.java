package io.tapstack.udp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that wait to be read. They are charged the memory that they hold: small ones are moved out of large blocks
 * first, large ones stay in the memory that the device filled.
 */
final class DatagramQueue {

    private final ArrayDeque<Datagram> datagrams = new ArrayDeque<>();
    private final BufferPool pool;
    private int limitBytes;
    private int heldBytes;
    private @Nullable Datagram free;
    // Most datagrams of a socket have the same source as the one before.
    private @Nullable Endpoint lastSource;
    private @Nullable IpAddress lastDestination;

    DatagramQueue(final BufferPool pool, final int limitBytes) {
        this.pool = pool;
        this.limitBytes = limitBytes;
    }

    /**
     * Takes the payload that starts at the packet's head.
     *
     * @return the reason for a drop, or null
     */
    @Nullable
    DropReason add(final PacketBuffer packet, final ReceivedPacket info, final int sourcePort, final long nowNanos) {
        if (heldBytes >= limitBytes) {
            packet.release();
            return DropReason.UDP_QUEUE_FULL;
        }
        if (pool.underPressure()) {
            packet.release();
            return DropReason.NO_MEMORY;
        }
        final Datagram datagram = newDatagram();
        datagram.set(compact(packet), source(info, sourcePort), destination(info), info, nowNanos);
        datagrams.addLast(datagram);
        heldBytes += datagram.heldBytes();
        return null;
    }

    private Datagram newDatagram() {
        final Datagram datagram = free;
        if (datagram == null) {
            return new Datagram(this);
        }
        free = datagram.nextFree;
        datagram.nextFree = null;
        return datagram;
    }

    void takeBack(final Datagram datagram) {
        datagram.nextFree = free;
        free = datagram;
    }

    private PacketBuffer compact(final PacketBuffer packet) {
        final int length = packet.contiguousLength();
        final int capacity = packet.memory().capacity();
        if (capacity <= BufferPool.SMALL || capacity < 2 * length) {
            return packet;
        }
        final PacketBuffer copy = pool.packet(length, 0);
        packet.copyTo(0, copy.memory(), copy.append(length), length);
        packet.release();
        return copy;
    }

    private Endpoint source(final ReceivedPacket info, final int port) {
        final Endpoint last = lastSource;
        if (last != null
                && last.port() == port
                && last.address().low() == info.sourceLow()
                && last.address().high() == info.sourceHigh()) {
            return last;
        }
        final Endpoint source = new Endpoint(info.source(), port);
        lastSource = source;
        return source;
    }

    private IpAddress destination(final ReceivedPacket info) {
        final IpAddress last = lastDestination;
        if (last != null && last.low() == info.destinationLow() && last.high() == info.destinationHigh()) {
            return last;
        }
        final IpAddress destination = info.destination();
        lastDestination = destination;
        return destination;
    }

    /** Removes the oldest datagram, which is then the caller's; null if there is none. */
    @Nullable
    Datagram poll() {
        final Datagram datagram = datagrams.pollFirst();
        if (datagram != null) {
            heldBytes -= datagram.heldBytes();
        }
        return datagram;
    }

    /** The oldest datagram, which stays, or null. */
    @Nullable
    Datagram peek() {
        return datagrams.peekFirst();
    }

    boolean isEmpty() {
        return datagrams.isEmpty();
    }

    int heldBytes() {
        return heldBytes;
    }

    int limitBytes() {
        return limitBytes;
    }

    void limitBytes(final int bytes) {
        this.limitBytes = bytes;
    }

    void clear() {
        for (Datagram datagram = poll(); datagram != null; datagram = poll()) {
            datagram.release();
        }
    }
}
