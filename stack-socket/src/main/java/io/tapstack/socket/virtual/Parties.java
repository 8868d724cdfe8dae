package io.tapstack.socket.virtual;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The parties of a virtual time, and the party that each thread makes a call for. All methods are called with the lock
 * held.
 */
final class Parties {

    /** Real time after which a party without a further call is not waited for: its thread is gone. */
    private static final long FORGOTTEN_NANOS = 5_000_000_000L;

    private final Condition changed;
    private final List<Party> parties = new ArrayList<>();
    private final Map<Thread, Party> inCall = new HashMap<>();

    // In real time: when a party last did something.
    private long activeAt;

    /** @param changed signalled when a party does something */
    Parties(final Condition changed) {
        this.changed = changed;
    }

    void add(final Party party) {
        parties.add(party);
        active();
    }

    void remove(final Party party) {
        parties.remove(party);
        inCall.values().remove(party);
        active();
    }

    void callBegins(final Party party) {
        inCall.put(Thread.currentThread(), party);
        active();
    }

    void callEnds() {
        inCall.remove(Thread.currentThread());
        active();
    }

    /** The party that the calling thread makes a call for, or null. */
    @Nullable
    Party ofThisThread() {
        return inCall.get(Thread.currentThread());
    }

    void active() {
        activeAt = System.nanoTime();
        changed.signalAll();
    }

    /** Real time since a party last did something. */
    long idleNanos() {
        return System.nanoTime() - activeAt;
    }

    boolean isAnyActive() {
        return parties.stream().anyMatch(Party::isActive);
    }

    boolean isAnyHolding() {
        return parties.stream().anyMatch(Party::isHolding);
    }

    boolean areAllWaiting() {
        return parties.stream().allMatch(Party::isWaiting);
    }

    /** Waits until a party does something, or for {@code nanos} of real time. */
    void awaitChange(final long nanos) throws InterruptedException {
        changed.await(nanos, TimeUnit.NANOSECONDS);
        for (final Party party : parties) {
            party.giveUpAfter(FORGOTTEN_NANOS);
        }
    }
}
