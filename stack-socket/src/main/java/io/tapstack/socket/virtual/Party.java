package io.tapstack.socket.virtual;

/**
 * A maker of calls, one at a time, for which {@link VirtualTime} stands still: while a call does not wait, and after a
 * call that had to wait, until the next one. Any thread may call.
 */
public final class Party {

    private enum Doing {
        /** Between two calls. */
        NOTHING,
        /** In a call. */
        CALLING,
        /** Waiting in a call. */
        WAITING,
        /** Letting time run. */
        DRIVING,
        /** Between two calls, after one that had to wait. */
        HOLDING
    }

    private final VirtualTime time;
    private final Parties parties;
    private Doing doing = Doing.NOTHING;
    private boolean hasWaited;
    // In real time.
    private long heldSince;

    Party(final VirtualTime time, final Parties parties) {
        this.time = time;
        this.parties = parties;
    }

    /** Begins a call of the calling thread for this party. */
    public void begin() {
        time.lock();
        try {
            doing = Doing.CALLING;
            hasWaited = false;
            parties.callBegins(this);
        } finally {
            time.unlock();
        }
    }

    /** Ends the call; its effects at the present time happen first. */
    public void end() {
        time.lock();
        try {
            time.settle();
            doing = hasWaited ? Doing.HOLDING : Doing.NOTHING;
            heldSince = System.nanoTime();
            parties.callEnds();
        } finally {
            time.unlock();
        }
    }

    /** Ends the party: it makes no more calls. */
    public void leave() {
        time.lock();
        try {
            doing = Doing.NOTHING;
            parties.remove(this);
        } finally {
            time.unlock();
        }
    }

    // ---- With the stack's lock held

    /** Its call may have to wait. */
    void waits() {
        doing = Doing.WAITING;
    }

    /** Its call has to wait. */
    void hasToWait() {
        hasWaited = true;
    }

    void drives() {
        doing = Doing.DRIVING;
    }

    /** Its call continues. */
    void goesOn() {
        doing = Doing.CALLING;
    }

    /** Lets time run without its next call, if none has come for {@code nanos} of real time. */
    void giveUpAfter(final long nanos) {
        if (doing == Doing.HOLDING && System.nanoTime() - heldSince > nanos) {
            doing = Doing.NOTHING;
        }
    }

    boolean isWaiting() {
        return doing == Doing.WAITING;
    }

    boolean isHolding() {
        return doing == Doing.HOLDING;
    }

    /** True if it may do something at the present time. */
    boolean isActive() {
        return doing == Doing.CALLING || doing == Doing.HOLDING;
    }
}
