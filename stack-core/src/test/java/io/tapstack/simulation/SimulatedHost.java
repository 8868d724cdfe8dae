package io.tapstack.simulation;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkDevice;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.random.RandomGenerator;

/** A stack and its device in a simulated network. */
public final class SimulatedHost {

    private static final int PREFIX = 24;

    /** Addresses are used at once. */
    private static final NdpConfig CHECKED =
            NdpConfig.DEFAULT.withRouters(false).withDuplicateProbes(0);

    private final String name;
    private final IpAddress address;
    private final LinkDevice device;
    private final NetworkStack stack;

    /**
     * @param memoryLimitBytes of the stack
     * @param random of the stack
     */
    public SimulatedHost(
            final String name,
            final IpAddress address,
            final LinkDevice device,
            final long memoryLimitBytes,
            final RandomGenerator random,
            final long nowNanos) {
        this.name = name;
        this.address = address;
        this.device = device;
        final StackConfig.Builder builder =
                StackConfig.builder(new InterfaceAddress(address, PREFIX)).random(random);
        if (!address.isIpv4()) {
            builder.ndp(CHECKED);
        }
        final StackConfig config = builder.build();
        this.stack = new NetworkStack(device, config.withMemoryLimit(memoryLimitBytes), nowNanos);
    }

    public NetworkStack stack() {
        return stack;
    }

    public IpAddress address() {
        return address;
    }

    /** Polls the stack until it has no more to do. */
    public void poll(final long now) {
        try {
            while (stack.poll(now)) {
                // Until the device has no more.
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The time of the next poll, or {@link SimulatedNetwork#NEVER}. */
    public long nextEvent(final long now) {
        final long next = SimulatedNetwork.earlier(stack.nextDeadline(), device.nextEvent());
        return stack.isPollWanted() ? SimulatedNetwork.earlier(now, next) : next;
    }

    /** Ends the stack and closes the device. */
    public void close(final long now) {
        stack.close(now);
        device.close();
    }

    /** Fails unless all memory is free and no timer runs. */
    public void verifyNothingIsLeft() {
        verify(stack.timers().armedTimers() == 0, "armed timers: " + stack.timers());
        verify(
                stack.pool().packetsInUse() == 0,
                "packets in use: " + stack.pool().packetsInUse());
        verify(
                stack.pool().regionsInUse() == 0,
                "regions in use: " + stack.pool().regionsInUse());
        verify(stack.pool().bytesInUse() == 0, "bytes in use: " + stack.pool().bytesInUse());
    }

    private void verify(final boolean condition, final String otherwise) {
        if (!condition) {
            throw new AssertionError(name + ": " + otherwise);
        }
    }
}
