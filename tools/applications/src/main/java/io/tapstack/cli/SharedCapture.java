package io.tapstack.cli;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkType;
import io.tapstack.link.PacketCapture;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/** A capture of several links, each with a thread of its own. It ends with the last of them. */
final class SharedCapture implements PacketCapture {

    private final PacketCapture capture;
    private final ReentrantLock lock = new ReentrantLock();
    private int links;

    /** @param links the number of links; each closes the capture once */
    SharedCapture(final PacketCapture capture, final int links) {
        this.capture = capture;
        this.links = links;
    }

    @Override
    public int addInterface(final LinkType type, final String name) throws IOException {
        lock.lock();
        try {
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
            links--;
            if (links == 0) {
                capture.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
