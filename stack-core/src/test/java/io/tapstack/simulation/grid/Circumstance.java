package io.tapstack.simulation.grid;

import io.tapstack.tcp.EcnMode;
import java.util.Locale;

/** A special condition of a {@link Cell}, besides its numbers. */
enum Circumstance {

    /** Nothing. */
    NONE,

    /** The bottleneck marks (RFC 3168) when a quarter of its queue is full, and both ends have ECN. */
    MARKS,

    /**
     * ACKs pass a line with a hundredth of the rate, and with a queue of 32 KiB: too narrow for an ACK of every second
     * segment.
     */
    NARROW_WAY_BACK,

    /**
     * Pieces of 20,000 bytes, each when the one before has arrived, whose last three segments are lost at first (RFC
     * 8985 7).
     */
    TAIL_LOSS,

    /**
     * Bursts of 512 KiB with five seconds in between, which are not counted: restart after idle (RFC 5681 4.1, RFC
     * 7661).
     */
    IDLE,

    /** 20,000 SYNs a second from random addresses pass the same bottleneck to the same port (RFC 4987). */
    FLOOD;

    private static final double SHARE_OF_WAY_BACK = 0.01;
    private static final int QUEUE_OF_WAY_BACK = 32 << 10;
    private static final int TAIL_PIECE = 20_000;
    private static final int TAIL_SEGMENTS = 3;
    private static final int BURST = 512 << 10;
    private static final long PAUSE_NANOS = 5_000_000_000L;
    private static final int FLOOD_RATE = 20_000;

    /** The plan under this circumstance. */
    Plan applyTo(final Plan plan) {
        return switch (this) {
            case NONE -> plan;
            case MARKS ->
                plan.withForward(plan.forward()
                                .withMarking(plan.forward().bottleneck().queueBytes() / 4))
                        .withConfig(flow -> plan.config().apply(flow).ecn(EcnMode.ON));
            case NARROW_WAY_BACK ->
                plan.withBack(plan.back()
                        .withRate(
                                (long) (plan.forward().bottleneck().bytesPerSecond() * SHARE_OF_WAY_BACK),
                                QUEUE_OF_WAY_BACK));
            case TAIL_LOSS -> plan.withLoad(GridLoad.withLostTails(TAIL_PIECE, TAIL_SEGMENTS));
            case IDLE -> plan.withLoad(GridLoad.inPieces(BURST, PAUSE_NANOS));
            case FLOOD -> plan.withLoad(GridLoad.besideFlood(FLOOD_RATE));
        };
    }

    /** In a key, and in words. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
