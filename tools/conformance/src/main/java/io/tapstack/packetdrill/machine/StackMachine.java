package io.tapstack.packetdrill.machine;

import io.tapstack.conformance.setting.Setting;
import io.tapstack.conformance.setting.Sysctls;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.packetdrill.packet.WirePacket;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.virtual.Party;
import io.tapstack.socket.virtual.VirtualTime;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** A stack of our own, in virtual time: hours take a moment, and each run is the same. */
public final class StackMachine implements Machine {

    /** The tolerance of packetdrill. */
    public static final long TOLERANCE_MICROS = 4_000;

    private static final long NANOS_PER_MICRO = 1_000;
    /** A stack may start at any time; this one is not 0. */
    private static final long FIRST_NANOS = 1_000_000_000L;

    private static final long SEED = 9293;

    private final ScriptLink link;
    private final NetworkStack stack;
    private final VirtualTime time;
    private final Party player;
    private final SocketLayer sockets;
    private final StackCalls calls;
    private volatile long startNanos = FIRST_NANOS;

    /**
     * Creates a machine with the settings of a script.
     *
     * @throws ScriptException if the addresses or the MTU are impossible
     */
    public StackMachine(final PlaySettings settings) throws ScriptException {
        try {
            this.link = new ScriptLink(settings.mtu(), this::now);
            settings.requireOneVersion();
            final InterfaceAddress local = new InterfaceAddress(settings.local(), settings.prefixLength());
            final StackConfig config =
                    StackConfig.of(local, new SplittableRandom(SEED)).withGateway(settings.gateway());
            this.stack = new NetworkStack(link, config, FIRST_NANOS);
        } catch (final IllegalArgumentException e) {
            throw new ScriptException(1, "the options do not fit together: " + e.getMessage());
        }
        this.time = new VirtualTime(FIRST_NANOS);
        time.add(stack);
        this.sockets = new SocketLayer(time, stack);
        settings.stackSettings().forEach(setting -> Setting.parse(setting).apply(stack, sockets.defaults()));
        this.calls = new StackCalls(sockets, () -> startNanos);
        // Time stands still unless the script lets it run.
        this.player = time.join();
        player.begin();
    }

    /** The stack under test. */
    NetworkStack stack() {
        return stack;
    }

    @Override
    public long now() {
        return (time.now() - startNanos) / NANOS_PER_MICRO;
    }

    @Override
    public void start() {
        startNanos = time.now();
    }

    @Override
    public void runUntil(final long micros) throws IOException {
        run(micros, () -> false);
    }

    @Override
    public Optional<WirePacket> receive(final long untilMicros) throws IOException {
        if (!link.hasPacket()) {
            run(untilMicros, link::hasPacket);
        }
        return link.take();
    }

    @Override
    public void send(final byte[] packet) throws IOException {
        link.inject(packet);
        runUntil(now());
    }

    @Override
    public SystemCalls systemCalls() {
        return calls;
    }

    @Override
    public RunningCall call(final LongSupplier body, final boolean mayWait) throws IOException {
        final StackCall call = new StackCall();
        final CountDownLatch begun = new CountDownLatch(1);
        final Thread thread = new Thread(() -> call.run(body, this, begun), "packetdrill-call");
        thread.setDaemon(true);
        thread.start();
        try {
            begun.await();
        } catch (final InterruptedException e) {
            throw interrupted();
        }
        runUntil(now());
        return call;
    }

    @Override
    public void await(final RunningCall call, final long untilMicros) throws IOException {
        run(untilMicros, call::isDone);
    }

    private void run(final long untilMicros, final BooleanSupplier enough) throws IOException {
        try {
            time.run(enough, startNanos + untilMicros * NANOS_PER_MICRO);
        } catch (final InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    @Override
    public boolean sysctl(final String name, final String value) {
        time.lock();
        try {
            return Sysctls.set(sockets.defaults(), name, value);
        } finally {
            time.unlock();
        }
    }

    @Override
    public void close() {
        time.lock();
        try {
            stack.close(time.now());
        } finally {
            time.unlock();
        }
        player.end();
        player.leave();
    }

    /** Written by the call's thread, and read while that does not run. */
    private static final class StackCall implements RunningCall {

        private volatile boolean done;
        private volatile long result;
        private volatile long endMicros;

        void run(final LongSupplier body, final StackMachine machine, final CountDownLatch begun) {
            final Party caller = machine.time.join();
            caller.begin();
            begun.countDown();
            try {
                result = body.getAsLong();
                endMicros = machine.now();
                done = true;
            } finally {
                caller.end();
                caller.leave();
            }
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public long result() {
            return result;
        }

        @Override
        public long endMicros() {
            return endMicros;
        }
    }
}
