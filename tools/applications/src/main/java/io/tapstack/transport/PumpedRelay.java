package io.tapstack.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A relay between any two connections, with a thread for each direction. */
final class PumpedRelay extends Relay {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final StreamConnection near;
    private final StreamConnection far;
    private final AtomicLong forward = new AtomicLong();
    private final AtomicLong back = new AtomicLong();
    private final AtomicInteger running;
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final Consumer<Relay> whenEnded;

    private PumpedRelay(final StreamConnection near, final StreamConnection far, final Consumer<Relay> whenEnded) {
        this.near = near;
        this.far = far;
        this.running = new AtomicInteger(near == far ? 1 : 2);
        this.whenEnded = whenEnded;
    }

    static Relay between(
            final StreamConnection near,
            final StreamConnection far,
            final Executor threads,
            final Consumer<Relay> whenEnded) {
        final PumpedRelay relay = new PumpedRelay(near, far, whenEnded);
        try {
            threads.execute(() -> relay.pump(near, far, relay.forward));
            if (near != far) {
                threads.execute(() -> relay.pump(far, near, relay.back));
            }
        } catch (final RejectedExecutionException e) {
            near.abort();
            far.abort();
            throw e;
        }
        return relay;
    }

    private void pump(final StreamConnection from, final StreamConnection to, final AtomicLong bytes) {
        try {
            final Step step = step(from, to);
            for (int count = step.move(); count >= 0; count = step.move()) {
                bytes.addAndGet(count);
            }
            to.shutdownOutput();
        } catch (final IOException | RuntimeException | OutOfMemoryError e) {
            if (failure.compareAndSet(null, e.toString())) {
                // The first failure. A later one is its consequence, or that of close().
                near.abort();
                far.abort();
            }
        } finally {
            if (running.decrementAndGet() == 0) {
                near.close();
                far.close();
                whenEnded.accept(this);
            }
        }
    }

    /** Moves some bytes, and waits for them. */
    @FunctionalInterface
    private interface Step {
        /** @return the number of bytes, or -1 at the end */
        int move() throws IOException;
    }

    private static Step step(final StreamConnection from, final StreamConnection to) {
        if (from instanceof TapstackStreamConnection ours && to instanceof JdkStreamConnection kernels) {
            return () -> ours.readTo(kernels.channel());
        }
        if (from instanceof JdkStreamConnection kernels && to instanceof TapstackStreamConnection ours) {
            return () -> ours.socket().writeFrom(kernels.channel());
        }
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        return () -> {
            final int count = from.read(buffer.clear());
            to.write(buffer.flip());
            return count;
        };
    }

    @Override
    public long forwardBytes() {
        return forward.get();
    }

    @Override
    public long backBytes() {
        return back.get();
    }

    @Override
    public boolean isEnded() {
        return running.get() == 0;
    }

    @Override
    public Optional<String> failure() {
        return Optional.ofNullable(failure.get());
    }

    @Override
    public void close() {
        failure.compareAndSet(null, "closed from here");
        near.close();
        far.close();
    }

    @Override
    public void abort() {
        failure.compareAndSet(null, "ended from here");
        near.abort();
        far.abort();
    }
}
