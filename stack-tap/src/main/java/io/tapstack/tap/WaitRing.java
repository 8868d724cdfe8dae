package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a frame, a wake-up and a deadline by one {@code io_uring_enter(2)}: a read of the TAP, a read of the
 * eventfd and a timeout stay posted until they complete. The frame is there when the wait returns.
 *
 * <p>The ring belongs to the first thread that waits, the stack's driver ({@code IORING_SETUP_SINGLE_ISSUER}). The
 * kernel carries out its requests only while that thread is in {@code io_uring_enter}
 * ({@code IORING_SETUP_DEFER_TASKRUN}), so frames keep their order although two ways lead to them:
 *
 * <pre>
 *   FREE      the holder of the stack's lock may read the TAP
 *   DIRECT    it reads the TAP: a wait returns at once
 *   WAITING   the posted read may take a frame: the holder of the lock finds none
 *   LANDED    the posted read has taken a frame, which comes before all others
 * </pre>
 *
 * <p>A wait for room, for a super-segment, or of another thread is one by {@code ppoll(2)}, and so is any on a kernel
 * before Linux 6.1.
 *
 * <p>The posted reads write into registered memory, whose pages are the kernel's until it has ended them. So the ring
 * can be closed at any moment. If the ring's thread closes the device, or waits meanwhile, they have ended by then, and
 * the TAP can be opened again at once; otherwise they end, and the interface disappears, a moment later.
 */
final class WaitRing implements Readiness {

    private static final Logger LOG = LoggerFactory.getLogger(WaitRing.class);

    private enum State {
        FREE,
        DIRECT,
        WAITING,
        LANDED
    }

    /** The ring of a thread, and the memory that its posted reads write. */
    private record Requests(Thread owner, IoUring ring, MappedMemory memory) {}

    private static final int ENTRIES = 8;
    private static final int TAP = 0;
    private static final int EVENTFD = 1;
    private static final int COUNTER_BYTES = 8;
    private static final int COUNTER_SLOT_BYTES = 64;

    // User data.
    private static final int FRAME = 1;
    private static final int WAKEUP = 2;
    private static final int TIME = 3;
    private static final int NEW_TIME = 4;
    private static final int CANCEL = 5;

    private static final int TIMESPEC_BYTES = 16;
    private static final int TV_NSEC_OFFSET = 8;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final TunFile file;
    private final int wakeupFd;
    private final int headerBytes;
    private final int slotBytes;
    private final IoUring.Setup setup;
    private final TapReadiness poll;
    private final NativeStruct timespec = new NativeStruct(TIMESPEC_BYTES);
    private final AtomicReference<State> state = new AtomicReference<>(State.FREE);

    // Of the thread that waits first, and of the last user of all.
    private @Nullable Requests requests;
    private boolean refused;
    private boolean frameWanted;
    private boolean wakeupWanted;
    private boolean timeWanted;
    private long timeNanos;

    // Told by the holder of the lock.
    private volatile boolean large;

    // Handed over by the state LANDED.
    private int landedBytes;

    WaitRing(
            final IoUring.Setup setup,
            final TunFile file,
            final int wakeupFd,
            final int headerBytes,
            final int mtu,
            final TapReadiness poll) {
        this.setup = setup;
        this.file = file;
        this.wakeupFd = wakeupFd;
        this.headerBytes = headerBytes;
        this.slotBytes = FrameReader.room(headerBytes, FrameReader.largestPacket(headerBytes, mtu));
        this.poll = poll;
    }

    // ---- The holder of the stack's lock

    /**
     * Begins to read the TAP itself, unless a frame has landed or may land now; {@link #release()} ends it.
     *
     * @return false if it must not
     */
    boolean claim() {
        return state.compareAndSet(State.FREE, State.DIRECT);
    }

    void release() {
        state.set(State.FREE);
    }

    /** The frame that has landed, or null. */
    @Nullable
    PacketBuffer take(final BufferPool pool) {
        final Requests posted = state.get() == State.LANDED ? requests : null;
        if (posted == null) {
            return null;
        }
        final ByteBuffer slot = posted.memory.bytes;
        final PacketBuffer frame = FrameReader.frame(pool, slot, headerBytes, landedBytes - headerBytes);
        if (headerBytes > 0) {
            VirtioNetHeader.decode(slot, 0, frame);
        }
        state.set(State.FREE);
        return frame;
    }

    /** Tells whether the next frame is probably too large to be worth the copy from where it lands. */
    void expectLarge(final boolean isLarge) {
        if (large != isLarge) {
            large = isLarge;
        }
    }

    // ---- The thread that waits

    @Override
    public boolean await(final boolean forRoom, final long timeoutNanos) {
        final Requests own = forRoom || large ? null : ofThisThread();
        if (own == null) {
            return state.get() != State.LANDED && poll.await(forRoom, timeoutNanos);
        }
        if (state.compareAndSet(State.FREE, State.WAITING)) {
            final int landed = land(own, timeoutNanos);
            landedBytes = landed;
            state.set(landed > headerBytes ? State.LANDED : State.FREE);
        }
        return false;
    }

    private @Nullable Requests ofThisThread() {
        if (requests == null && !refused) {
            open();
        }
        final Requests posted = requests;
        return posted != null && posted.owner == Thread.currentThread() ? posted : null;
    }

    /** Only the thread that opens the ring may use it. */
    private void open() {
        IoUring ring = null;
        MappedMemory memory = null;
        try {
            ring = IoUring.open(setup, ENTRIES, IoUring.SETUP_SINGLE_ISSUER | IoUring.SETUP_DEFER_TASKRUN);
            memory = MappedMemory.anonymous(slotBytes + COUNTER_SLOT_BYTES);
            ring.registerFiles(file.fd(), wakeupFd);
            ring.registerBuffer(memory);
            requests = new Requests(Thread.currentThread(), ring, memory);
        } catch (final RingRefusedException refusal) {
            LOG.debug("{}: waits by ppoll, not io_uring ({})", file.name(), refusal.getMessage());
            refused = true;
            if (ring != null) {
                ring.close();
            }
            if (memory != null) {
                memory.unmap();
            }
        }
    }

    /**
     * Waits.
     *
     * @return the length of the frame that has landed, or 0
     */
    private int land(final Requests own, final long timeoutNanos) {
        final IoUring ring = own.ring;
        final boolean limited = timeoutNanos != Long.MAX_VALUE;
        final long deadline = limited ? System.nanoTime() + Math.max(0, timeoutNanos) : 0;
        boolean goOn = true;
        int landed = 0;
        while (goOn) {
            post(own);
            final boolean waits = timeoutNanos > 0;
            if (limited && waits) {
                postTime(ring, deadline);
            }
            final int error = ring.enter(waits ? 1 : 0, IoUring.ENTER_GETEVENTS);
            goOn = waits && error == FrameTransfer.TAKEN;
            while (ring.hasCompletion()) {
                final int request = (int) ring.userData();
                if (request == FRAME) {
                    landed = Math.max(0, ring.result());
                }
                goOn &= !completes(request);
                ring.next();
            }
            goOn &= !limited || System.nanoTime() - deadline < 0;
        }
        return landed;
    }

    private void post(final Requests own) {
        final long slot = own.memory.address;
        if (!frameWanted) {
            frameWanted = true;
            own.ring.prepare(IoUring.READ_FIXED, TAP, slot, slotBytes, 0, FRAME);
        }
        if (!wakeupWanted) {
            wakeupWanted = true;
            own.ring.prepare(IoUring.READ_FIXED, EVENTFD, slot + slotBytes, COUNTER_BYTES, 0, WAKEUP);
        }
    }

    /** One timeout stays posted; it is moved if it is too late, and its early end is ignored. */
    private void postTime(final IoUring ring, final long deadline) {
        if (timeWanted && timeNanos - deadline <= 0) {
            return;
        }
        timespec.bytes.putLong(0, deadline / NANOS_PER_SECOND);
        timespec.bytes.putLong(TV_NSEC_OFFSET, deadline % NANOS_PER_SECOND);
        if (timeWanted) {
            ring.prepareTimeoutUpdate(TIME, timespec.address, NEW_TIME);
        } else {
            ring.prepareTimeout(timespec.address, TIME);
        }
        timeWanted = true;
        timeNanos = deadline;
    }

    /**
     * Notes a completion.
     *
     * @return true if it ends the wait
     */
    private boolean completes(final int request) {
        switch (request) {
            case FRAME -> frameWanted = false;
            case WAKEUP -> {
                wakeupWanted = false;
                poll.awoken();
            }
            case TIME -> timeWanted = false;
            default -> {
                return false;
            }
        }
        return request != TIME;
    }

    @Override
    public int look(final boolean forRoom) {
        return state.get() == State.LANDED ? POLLIN : poll.look(forRoom);
    }

    @Override
    public void wakeup() {
        poll.wakeup();
    }

    // ---- The end

    @Override
    public void retire() {
        final Requests posted = requests;
        if (posted != null && posted.owner == Thread.currentThread()) {
            cancel(posted.ring);
            posted.ring.unregisterFiles();
        }
    }

    @Override
    public void close() {
        retire();
        final Requests posted = requests;
        if (posted != null) {
            posted.ring.close();
            posted.memory.unmap();
        }
        requests = null;
    }

    /** Ends all requests, so that none holds the TAP. */
    private void cancel(final IoUring ring) {
        ring.prepareCancelAll(CANCEL);
        boolean cancelled = false;
        while (!cancelled || frameWanted || wakeupWanted || timeWanted) {
            final int error = ring.enter(1, IoUring.ENTER_GETEVENTS);
            if (error != FrameTransfer.TAKEN && error != LibC.EINTR) {
                return;
            }
            while (ring.hasCompletion()) {
                final int request = (int) ring.userData();
                cancelled |= request == CANCEL;
                completes(request);
                ring.next();
            }
        }
    }
}
