package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapIo;
import io.tapstack.time.Clock;
import java.io.IOException;
import java.time.Duration;

/**
 * A cable between two TAPs that loses and delays frames, each way: it gives two kernels the path that {@code --loss}
 * and {@code --delay} give Tapstack. Frames pass one by one, without offload. The TAPs are left down, so that one of
 * them can be moved to another network namespace, and set up there.
 *
 * <pre>
 *   ImpairedCable TAP OTHER-TAP LOSS DELAY-MILLIS SEED
 * </pre>
 *
 * Prints {@code ready} when both are open; ends with its stdin.
 */
public final class ImpairedCable {

    private static final long WAIT_NANOS = 1_000_000_000L;

    private final TapDevice from;
    private final TapDevice to;
    private final ImpairedLink path;

    private ImpairedCable(final TapDevice from, final TapDevice to, final Impairment impairment, final long seed) {
        this.from = from;
        this.to = to;
        this.path = new ImpairedLink(from, Impairment.NONE, impairment, seed);
    }

    public static void main(final String[] arguments) throws IOException {
        final TapDevice one = open(arguments[0]);
        final TapDevice other = open(arguments[1]);
        final Impairment impairment = Impairment.NONE
                .withLoss(Double.parseDouble(arguments[2]))
                .withDelay(Duration.ofMillis(Long.parseLong(arguments[3])).toNanos());
        final long seed = Long.parseLong(arguments[4]);
        start(new ImpairedCable(one, other, impairment, seed), "there");
        start(new ImpairedCable(other, one, impairment, seed + 1), "back");
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // until it ends
        }
        System.exit(0);
    }

    private static TapDevice open(final String name) throws IOException {
        return TapDevice.open(TapConfig.named(name)
                .withoutOffload()
                .withoutHostBatching()
                .leftDown()
                .withIo(TapIo.SYSCALLS)); // one thread reads it and another writes it
    }

    private static void start(final ImpairedCable way, final String name) {
        final Thread thread = new Thread(way::carry, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Carries frames one way, on a thread of its own. So one thread reads a TAP and another writes it; they share only
     * the mark that it is full: at worst one of them looks once more.
     */
    private void carry() {
        final Clock clock = Clock.system();
        final BufferPool pool = new BufferPool();
        try {
            while (true) {
                path.advance(clock.nanoTime());
                for (PacketBuffer frame = path.receive(pool); frame != null; frame = path.receive(pool)) {
                    to.transmit(frame); // a TAP that is full, or down, loses the frame
                    frame.release();
                }
                path.await(WAIT_NANOS);
            }
        } catch (final IOException e) {
            System.err.println(from.name() + ": " + e.getMessage());
            System.exit(1);
        }
    }
}
