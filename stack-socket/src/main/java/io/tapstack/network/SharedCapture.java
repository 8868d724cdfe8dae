package io.tapstack.network;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkType;
import io.tapstack.link.PacketCapture;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A capture of several links, each with a thread of its own: any thread may call. Each interface is closed once, and
 * the capture ends with the last of them and of its other holders.
 */
public final class SharedCapture implements PacketCapture {

    private final PacketCapture capture;
    private final ReentrantLock lock = new ReentrantLock();
    private int holders;

    /** @param holders those who close the capture once, besides its interfaces */
    public SharedCapture(final PacketCapture capture, final int holders) {
        this.capture = capture;
        this.holders = holders;
    }

    @Override
    public int addInterface(final LinkType type, final String name) throws IOException {
        lock.lock();
        try {
            holders++;
            return capture.addInterface(type, name);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(
            final int interfaceNumber, final Direction direction, final long epochNanos, final PacketBuffer frame)
            throws IOException {
        lock.lock();
        try {
            capture.write(interfaceNumber, direction, epochNanos, frame);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws IOException {
        lock.lock();
        try {
            capture.flush();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            holders--;
            if (holders == 0) {
                capture.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
