package io.tapstack.bench.micro;

import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;
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

/** The Internet checksum over a header, a segment and a super-segment. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ChecksumBenchmark {

    @Param({"20", "1460", "65160"})
    private int bytes;

    @SuppressWarnings("NullAway.Init")
    private ByteBuffer data;

    @Setup
    public void fill() {
        data = ByteBuffer.allocateDirect(bytes);
        final SplittableRandom random = new SplittableRandom(bytes);
        while (data.hasRemaining()) {
            data.put((byte) random.nextInt());
        }
    }

    @Benchmark
    public int sum() {
        return InternetChecksum.finish(InternetChecksum.sum(data, 0, bytes));
    }
}
