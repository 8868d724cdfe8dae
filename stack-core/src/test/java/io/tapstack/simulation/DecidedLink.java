package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.testing.Decisions;
import java.io.IOException;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A device at which the fuzzer decides about every received frame: it arrives, twice, late or not at all. When the
 * input is used up, or enough was lost, all frames arrive.
 */
final class DecidedLink extends ForwardingLink {

    private static final long MILLIS = 1_000_000L;

    private final Decisions in;
    private final PriorityQueue<Held> held =
            new PriorityQueue<>(Comparator.comparingLong(Held::due).thenComparingLong(Held::number));
    private final Losses losses;
    private long number;
    private int losing;
    private long now;

    /** A delayed frame. */
    private record Held(long due, long number, PacketBuffer frame) {}

    /** The number of frames that may still be lost, both ways together: a connection may give up in the end. */
    static final class Losses {
        private int left;

        Losses(final int most) {
            this.left = most;
        }

        private boolean take() {
            left--;
            return left >= 0;
        }
    }

    DecidedLink(final LinkDevice device, final Decisions in, final Losses losses) {
        super(device);
        this.in = in;
        this.losses = losses;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        for (PacketBuffer frame = device.receive(pool); frame != null; frame = device.receive(pool)) {
            decide(frame, pool);
        }
        final Held first = held.peek();
        if (first == null || first.due() - now > 0) {
            return null;
        }
        held.remove();
        return first.frame();
    }

    private void decide(final PacketBuffer frame, final BufferPool pool) {
        if (losing > 0 && losses.take()) {
            losing--;
            frame.release();
            return;
        }
        final int decision = in.octet();
        switch (decision >>> 5) {
            case 4 -> {
                losing = decision & 7;
                if (losses.take()) {
                    frame.release();
                } else {
                    hold(frame, 0);
                }
            }
            case 5 -> {
                hold(frame.copy(pool, frame.head()), (decision & 31) * MILLIS);
                hold(frame, 0);
            }
            case 6 -> hold(frame, (decision & 31) * MILLIS / 4);
            case 7 -> hold(frame, (decision & 31) * 40 * MILLIS);
            default -> hold(frame, 0);
        }
    }

    private void hold(final PacketBuffer frame, final long delay) {
        held.add(new Held(now + delay, number++, frame));
    }

    @Override
    public long nextEvent() {
        final Held first = held.peek();
        return first == null
                ? device.nextEvent()
                : SimulatedNetwork.earlier(device.nextEvent(), first.due() - now > 0 ? first.due() : now);
    }

    @Override
    public void advance(final long nowNanos) {
        now = nowNanos;
        device.advance(nowNanos);
    }

    @Override
    public void close() {
        while (!held.isEmpty()) {
            held.remove().frame().release();
        }
        device.close();
    }
}
