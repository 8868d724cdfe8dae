package io.tapstack.packetdrill.kernel;

import static io.tapstack.packetdrill.kernel.Native.CALLS;

import io.tapstack.packetdrill.packet.WirePacket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A TUN of the calling thread's namespace; a thread reads the kernel's packets and notes their times. */
final class Tun implements AutoCloseable {

    /** The interface's name, which is packetdrill's. */
    static final String NAME = "tun0";

    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final long TUNSETIFF = 0x4004_54CAL;
    private static final int IFREQ_BYTES = 40;
    private static final int IFNAMSIZ = 16;
    private static final int IFF_TUN = 0x0001;
    private static final int IFF_NO_PI = 0x1000;
    private static final int MAX_PACKET = 65_536;
    private static final int POLLIN = 1;
    private static final int POLL_MILLIS = 100;

    private final int fd;
    private final LongSupplier clock;
    private final BlockingQueue<WirePacket> packets = new LinkedBlockingQueue<>();
    private final Thread reader;
    private volatile boolean closed;

    /** @param clock gives the times of packets, asked on another thread */
    Tun(final LongSupplier clock) throws IOException {
        this.clock = clock;
        this.fd = CALLS.open("/dev/net/tun", O_RDWR | O_CLOEXEC);
        if (fd < 0) {
            throw new IOException("no TUN: /dev/net/tun cannot be opened");
        }
        final ByteBuffer request = Native.memory(IFREQ_BYTES);
        request.put(0, NAME.getBytes(StandardCharsets.US_ASCII)).putShort(IFNAMSIZ, (short) (IFF_TUN | IFF_NO_PI));
        final long result = Native.result(CALLS.ioctl(fd, TUNSETIFF, Native.address(request)));
        if (result < 0) {
            CALLS.close(fd);
            throw new IOException("no TUN: the kernel refuses " + NAME);
        }
        this.reader = new Thread(this::read, "packetdrill-tun");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        final ByteBuffer memory = Native.memory(MAX_PACKET);
        final ByteBuffer entry = Native.memory(8);
        entry.putInt(0, fd).putShort(4, (short) POLLIN);
        while (!closed) {
            if (CALLS.poll(Native.address(entry), 1, POLL_MILLIS) <= 0) {
                continue;
            }
            final long length = CALLS.read(fd, Native.address(memory), MAX_PACKET);
            final long time = clock.getAsLong();
            if (length > 0) {
                final byte[] packet = new byte[(int) length];
                memory.get(0, packet);
                packets.add(WirePacket.of(packet, time));
            }
        }
    }

    /** The next packet from the kernel, waiting at most {@code micros}. */
    Optional<WirePacket> receive(final long micros) throws InterruptedException {
        return Optional.ofNullable(packets.poll(Math.max(0, micros), TimeUnit.MICROSECONDS));
    }

    /** A packet for the kernel. */
    void send(final byte[] packet) throws IOException {
        final ByteBuffer memory = Native.memory(packet.length).put(0, packet);
        if (Native.result(CALLS.write(fd, Native.address(memory), packet.length)) != packet.length) {
            throw new IOException(NAME + " does not take a packet of " + packet.length + " bytes");
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        CALLS.close(fd);
    }
}
