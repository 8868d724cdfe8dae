package io.tapstack.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hierarchical timing wheel (Varghese and Lauck, SOSP 1987): arming and cancelling are O(1) in the number of timers.
 * Each of the {@value #LEVELS} levels has {@value #SLOTS} slots; a slot of level 0 is about a millisecond wide, a slot
 * of the next level as wide as the whole level below it. When time enters a slot of a higher level, its timers move to
 * the levels below.
 *
 * <p>The slots only sort: a timer fires at its exact deadline, not at the end of its slot, which makes traces in
 * virtual time exact.
 *
 * <p>Confined to the holder of the stack's lock. Allocates nothing after construction.
 */
public final class TimerWheel {

    /** The {@link #nextDeadline()} when no timer is armed. */
    public static final long NEVER = Long.MAX_VALUE;

    static final int NO_SLOT = -1;
    private static final int TICK_SHIFT = 20; // 2^20 ns, about 1.05 ms
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int SLOT_MASK = SLOTS - 1;
    private static final int LEVELS = 6; // 2^36 ticks, over two years; a later deadline waits in the last level

    private final @Nullable Timer[] slots = new Timer[LEVELS * SLOTS];
    // One bit per slot, to find the next occupied slot without a walk.
    private final long[] occupied = new long[LEVELS];
    private final long originNanos;
    private long currentTick;
    private int armedTimers;
    // A timer may be armed while others fire; a deadline that has passed must then fire in the same advance.
    private long advancingTo;
    // The sleeper's deadline: it wants to know of timers that are armed for an earlier time.
    private long watchedNanos = NEVER;
    private boolean earlierArmed;

    /** Creates a wheel whose time starts at {@code nowNanos}. */
    public TimerWheel(final long nowNanos) {
        this.originNanos = nowNanos;
        this.advancingTo = nowNanos;
    }

    /** The number of armed timers; for leak checks. */
    public int armedTimers() {
        return armedTimers;
    }

    /** The time of the last {@link #advance}, or of construction. */
    public long nowNanos() {
        return advancingTo;
    }

    /**
     * Fires every timer whose deadline is at or before {@code nowNanos}, in the order of their slots. A timer that an
     * expiry arms for a time that has passed fires too.
     */
    public void advance(final long nowNanos) {
        if (nowNanos - advancingTo < 0) {
            return;
        }
        advancingTo = nowNanos;
        final long targetTick = tick(nowNanos);
        while (true) {
            fireSlot((int) (currentTick & SLOT_MASK), nowNanos);
            if (currentTick >= targetTick) {
                return;
            }
            currentTick = nextStop(targetTick);
            cascade();
        }
    }

    /** The earliest deadline of all armed timers, in the wheel's time base, or {@link #NEVER}. */
    public long nextDeadline() {
        if (armedTimers == 0) {
            return NEVER;
        }
        // The slots of a level are in order of time from the current one on. In level 0 the current slot is due now. In
        // a higher level its timers moved down when time entered it, so the timers in it now belong to the next turn
        // and come last.
        long earliest = NEVER;
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] == 0) {
                continue;
            }
            final int first = level == 0 ? 0 : 1;
            final int position = ((int) (currentTick >>> (SLOT_BITS * level)) + first) & SLOT_MASK;
            final int offset = Long.numberOfTrailingZeros(Long.rotateRight(occupied[level], position));
            final int slot = (position + offset) & SLOT_MASK;
            for (Timer timer = slots[level * SLOTS + slot]; timer != null; timer = timer.next) {
                if (earliest == NEVER || timer.deadlineNanos - earliest < 0) {
                    earliest = timer.deadlineNanos;
                }
            }
        }
        return earliest;
    }

    /**
     * Starts to watch for timers that are armed for a time before {@code deadlineNanos}, {@link #NEVER} for any time. A
     * thread that sleeps until then is woken for such a timer, without a search at every step.
     */
    public void watch(final long deadlineNanos) {
        watchedNanos = deadlineNanos;
        earlierArmed = false;
    }

    /** True if a timer was armed for a time before the {@linkplain #watch watched} one since the watch began. */
    public boolean isEarlierArmed() {
        return earlierArmed;
    }

    void insert(final Timer timer) {
        if (watchedNanos == NEVER || timer.deadlineNanos - watchedNanos < 0) {
            earlierArmed = true;
        }
        final long tick = Math.max(tick(timer.deadlineNanos), currentTick);
        final long distance = tick - currentTick;
        int level = 0;
        while (level < LEVELS - 1 && distance >= 1L << (SLOT_BITS * (level + 1))) {
            level++;
        }
        final long capped = Math.min(tick, currentTick + (1L << (SLOT_BITS * LEVELS)) - 1);
        final int position = (int) (capped >>> (SLOT_BITS * level)) & SLOT_MASK;
        final int slot = level * SLOTS + position;
        final Timer first = slots[slot];
        timer.slot = slot;
        timer.previous = null;
        timer.next = first;
        if (first != null) {
            first.previous = timer;
        }
        slots[slot] = timer;
        occupied[level] |= 1L << position;
        armedTimers++;
    }

    void remove(final Timer timer) {
        final Timer next = timer.next;
        final Timer previous = timer.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            slots[timer.slot] = next;
            if (next == null) {
                occupied[timer.slot / SLOTS] &= ~(1L << (timer.slot & SLOT_MASK));
            }
        }
        timer.next = null;
        timer.previous = null;
        timer.slot = NO_SLOT;
        armedTimers--;
    }

    private long tick(final long nanos) {
        return Math.max(0, nanos - originNanos) >>> TICK_SHIFT;
    }

    /**
     * The next tick at which something can happen. An occupied level has its next stop before the levels above: either
     * in a later slot of this turn, or in its next turn, which starts when time enters a slot of the level above.
     */
    private long nextStop(final long targetTick) {
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] == 0) {
                continue;
            }
            final int slotShift = SLOT_BITS * level;
            final int turnShift = slotShift + SLOT_BITS;
            final int position = (int) (currentTick >>> slotShift) & SLOT_MASK;
            final long turn = currentTick >>> turnShift;
            final long laterInTurn = position == SLOT_MASK ? 0 : occupied[level] & (-1L << (position + 1));
            final long stop = laterInTurn != 0
                    ? (turn << turnShift) + ((long) Long.numberOfTrailingZeros(laterInTurn) << slotShift)
                    : (turn + 1) << turnShift;
            return Math.min(stop, targetTick);
        }
        return targetTick;
    }

    /** When time enters a slot of a higher level, moves its timers down to the level that fits their distance now. */
    private void cascade() {
        for (int level = 1; level < LEVELS; level++) {
            if ((currentTick & ((1L << (SLOT_BITS * level)) - 1)) != 0) {
                return;
            }
            final int position = (int) (currentTick >>> (SLOT_BITS * level)) & SLOT_MASK;
            Timer timer = slots[level * SLOTS + position];
            while (timer != null) {
                final Timer next = timer.next;
                remove(timer);
                insert(timer);
                timer = next;
            }
        }
    }

    private void fireSlot(final int slot, final long nowNanos) {
        // An expiry may cancel or arm any timer, so the walk starts again after each expiry.
        Timer timer = slots[slot];
        while (timer != null) {
            if (timer.deadlineNanos - nowNanos <= 0) {
                remove(timer);
                timer.fire(nowNanos);
                timer = slots[slot];
            } else {
                timer = timer.next;
            }
        }
    }

    @Override
    public String toString() {
        return "TimerWheel[" + armedTimers + " armed, occupied " + Arrays.toString(occupied) + "]";
    }
}
