package io.tapstack.simulation;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkDevice;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;

/** A stack and its device, run by hand. */
final class Host {

    private static final int PREFIX = 24;

    private final LinkDevice device;
    private final NetworkStack stack;

    Host(
            final IpAddress address,
            final LinkDevice device,
            final long memoryLimitBytes,
            final SplittableRandom random,
            final long nowNanos) {
        this.device = device;
        this.stack = new NetworkStack(
                device,
                StackConfig.of(new InterfaceAddress(address, PREFIX), random).withMemoryLimit(memoryLimitBytes),
                nowNanos);
    }

    NetworkStack stack() {
        return stack;
    }

    void poll(final long now) {
        try {
            while (stack.poll(now)) {
                // Until the device is dry.
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When it wants to be polled next, or {@link Long#MAX_VALUE}. */
    long nextEvent(final long now) {
        final long next = Simulation.earlier(stack.nextDeadline(), device.nextEvent());
        return stack.isPollWanted() ? Simulation.earlier(now, next) : next;
    }

    void close(final long now) {
        stack.close(now);
        device.close();
    }

    void verifyNothingIsLeft(final String name) {
        require(stack.timers().armedTimers() == 0, name + ": armed timers: " + stack.timers());
        require(
                stack.pool().packetsInUse() == 0,
                name + ": packets in use: " + stack.pool().packetsInUse());
        require(
                stack.pool().regionsInUse() == 0,
                name + ": regions in use: " + stack.pool().regionsInUse());
        require(
                stack.pool().bytesInUse() == 0,
                name + ": bytes in use: " + stack.pool().bytesInUse());
    }

    static void require(final boolean condition, final String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
