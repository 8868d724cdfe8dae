package io.tapstack.socket.virtual;

/**
 * One who makes calls, one at a time, and for whom {@link VirtualTime} stands still: while a call does not wait, and
 * after one that had to, until the next. Any thread may call.
 */
public final class Party {

    private enum Doing {
        /** Nothing: it is between two calls. */
        NOTHING,
        /** It is in a call. */
        CALLING,
        /** It waits in a call. */
        WAITING,
        /** It lets time go on. */
        DRIVING,
        /** It had to wait in its last call, and has not made another one. */
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

    /** The calling thread makes a call for this party from now on. */
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

    /** The call is over; whatever it has caused at this very time happens first. */
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

    /** There will be no more calls. */
    public void leave() {
        time.lock();
        try {
            doing = Doing.NOTHING;
            parties.remove(this);
        } finally {
            time.unlock();
        }
    }

    // ---- Under the stack's lock

    /** Its call has to wait, perhaps. */
    void waits() {
        doing = Doing.WAITING;
    }

    /** Its call does have to wait. */
    void hasToWait() {
        hasWaited = true;
    }

    void drives() {
        doing = Doing.DRIVING;
    }

    /** Its call goes on. */
    void goesOn() {
        doing = Doing.CALLING;
    }

    /** Time need not wait for its next call, if that has not come in {@code nanos} of real time. */
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

    /** True if it may do something at this very time. */
    boolean isActive() {
        return doing == Doing.CALLING || doing == Doing.HOLDING;
    }
}
