package io.tapstack.bench.workload;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Arrays;
import java.util.List;

/**
 * The machine itself: what a system call, a page fault, a wake-up of another thread and a copy of memory take. Figures
 * of two machines, or of two days on one, can be compared with these in mind.
 */
final class MachineWorkload {

    private static final Metric GIGABYTES = new Metric("GB/s", true);
    private static final double NANOS_PER_MICRO = 1000;
    private static final String CALL = "getppid(2)";
    private static final String FAULT = "first write to a page";
    private static final String WAKE_UP = "a byte there and back through two pipes";
    private static final String COPY = "copy of 64 MiB";

    private MachineWorkload() {}

    static Workload workload() {
        return new Workload(
                "machine",
                List.of(
                        subject(CALL, MachineWorkload::systemCall),
                        subject(FAULT, MachineWorkload::pageFault),
                        subject(WAKE_UP, MachineWorkload::wakeUp),
                        subject(COPY, MachineWorkload::copy)),
                List.of(
                        Comparison.alone("machine: system call", Metric.MICROSECONDS, CALL, Target.NONE),
                        Comparison.alone("machine: page fault", Metric.MICROSECONDS, FAULT, Target.NONE),
                        Comparison.alone("machine: wake-up, both ways", Metric.MICROSECONDS, WAKE_UP, Target.NONE),
                        Comparison.alone("machine: memory copy", GIGABYTES, COPY, Target.NONE)));
    }

    @FunctionalInterface
    private interface Measured {

        Sample run() throws IOException, InterruptedException;
    }

    private static Subject subject(final String name, final Measured measured) {
        return new Subject(name, lab -> new Trial() {

            @Override
            public void verify() throws IOException, InterruptedException {
                measured.run();
            }

            @Override
            public Sample run() throws IOException, InterruptedException {
                return measured.run();
            }
        });
    }

    private static Sample micros(final long nanos, final int count) {
        return Sample.of(Metric.MICROSECONDS, nanos / NANOS_PER_MICRO / count);
    }

    private static Sample systemCall() throws IOException {
        final int count = 200_000;
        final NativeFunction getppid = NativeFunction.named("getppid");
        final long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            getppid.call();
        }
        return micros(System.nanoTime() - start, count);
    }

    private static Sample pageFault() throws IOException {
        final int pageBytes = 4096;
        final int count = 4096;
        final long length = (long) count * pageBytes;
        final long readWrite = 3; // PROT_READ | PROT_WRITE
        final long privateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS
        final long unhugeable = 15; // MADV_NOHUGEPAGE
        final long address = NativeFunction.named("mmap").call(0, length, readWrite, privateAnonymous, -1, 0);
        if (address == -1) {
            throw new BenchFailure("no memory for a measurement");
        }
        NativeFunction.named("madvise").call(address, length, unhugeable);
        final MemoryIO memory = MemoryIO.getInstance();
        final long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            memory.putByte(address + (long) i * pageBytes, (byte) 1);
        }
        final long nanos = System.nanoTime() - start;
        NativeFunction.named("munmap").call(address, length);
        return micros(nanos, count);
    }

    private static Sample wakeUp() throws IOException, InterruptedException {
        final int count = 5_000;
        final Pipe there = Pipe.open();
        final Pipe back = Pipe.open();
        final Thread other = new Thread(() -> answer(there, back), "wake-up");
        other.setDaemon(true);
        other.start();
        final ByteBuffer one = ByteBuffer.allocateDirect(1);
        final long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            there.sink().write(one.clear());
            if (back.source().read(one.clear()) != 1) {
                throw new BenchFailure("the other thread has ended");
            }
        }
        final long nanos = System.nanoTime() - start;
        there.sink().close();
        other.join();
        back.source().close();
        return micros(nanos, count);
    }

    /** Passes bytes on until their end. */
    private static void answer(final Pipe from, final Pipe to) {
        final ByteBuffer one = ByteBuffer.allocateDirect(1);
        try (Pipe.SourceChannel source = from.source();
                Pipe.SinkChannel sink = to.sink()) {
            while (source.read(one.clear()) == 1) {
                sink.write(one.flip());
            }
        } catch (final IOException e) {
            // The reader of the other pipe sees its end.
        }
    }

    private static Sample copy() {
        final int length = 64 << 20;
        final ByteBuffer from = ByteBuffer.allocateDirect(length);
        final ByteBuffer to = ByteBuffer.allocateDirect(length);
        to.put(0, from, 0, length); // the pages exist from here on
        final long start = System.nanoTime();
        to.put(0, from, 0, length);
        return Sample.of(GIGABYTES, (double) length / (System.nanoTime() - start));
    }

    /** A function of the C library whose arguments are numbers. */
    private record NativeFunction(long address) {

        static NativeFunction named(final String name) throws BenchFailure {
            final long address = Library.getDefault().getSymbolAddress(name);
            if (address == 0) {
                throw new BenchFailure("no " + name + " in the C library");
            }
            return new NativeFunction(address);
        }

        private static CallContext context(final int arguments) {
            final Type[] types = new Type[arguments];
            Arrays.fill(types, Type.SINT64);
            return CallContext.getCallContext(Type.SINT64, types, CallingConvention.DEFAULT, true);
        }

        private static final CallContext NONE = context(0);
        private static final CallContext TWO = context(2);
        private static final CallContext THREE = context(3);
        private static final CallContext SIX = context(6);

        long call() {
            return Invoker.getInstance().invokeN0(NONE, address);
        }

        long call(final long a, final long b) {
            return Invoker.getInstance().invokeN2(TWO, address, a, b);
        }

        long call(final long a, final long b, final long c) {
            return Invoker.getInstance().invokeN3(THREE, address, a, b, c);
        }

        long call(final long a, final long b, final long c, final long d, final long e, final long f) {
            return Invoker.getInstance().invokeN6(SIX, address, a, b, c, d, e, f);
        }
    }
}
