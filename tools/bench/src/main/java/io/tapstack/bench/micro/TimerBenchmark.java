package io.tapstack.bench.micro;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A timer among many others: arming, moving and firing cost the same for any number of armed timers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TimerBenchmark {

    private static final long SECOND = 1_000_000_000L;

    /** Other armed timers, at random within two hours. */
    @Param({"0", "100000"})
    private int others;

    private final TimerWheel wheel = new TimerWheel(0);
    private final Timer timer = new Timer(wheel, at -> expired());
    private long fired;
    private long now;

    @Setup
    public void armOthers() {
        final SplittableRandom random = new SplittableRandom(others);
        for (int i = 0; i < others; i++) {
            final Timer[] again = new Timer[1];
            final Timer other = new Timer(wheel, at -> again[0].arm(at + 7_200 * SECOND));
            again[0] = other;
            other.arm(random.nextLong(7_200 * SECOND));
        }
    }

    /** The move of the retransmission timer by every ACK of new data. */
    @Benchmark
    public void rearm() {
        now += 1_000;
        timer.arm(now + SECOND / 5);
    }

    @Benchmark
    public void armAndCancel() {
        now += 1_000;
        timer.arm(now + SECOND / 5);
        timer.cancel();
    }

    @Benchmark
    public long armAndFire() {
        now += 1_000;
        timer.arm(now);
        wheel.advance(now);
        return fired;
    }

    private void expired() {
        fired++;
    }
}
