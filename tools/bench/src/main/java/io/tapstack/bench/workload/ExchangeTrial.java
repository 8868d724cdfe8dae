package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Exchanges of one byte, by a command of {@code part.SmallLoad}; every answer is checked in every run. */
final class ExchangeTrial implements Trial {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Server server;
    private final LoadProcess load;
    private final List<Object> command;
    private final int warmUp;
    private final int count;

    /**
     * @param load puts load on {@code server}
     * @param command its name and its arguments between port and count
     * @param warmUp exchanges before the timed ones
     * @param count exchanges of a timed run
     */
    ExchangeTrial(
            final Server server,
            final LoadProcess load,
            final List<Object> command,
            final int warmUp,
            final int count) {
        this.server = server;
        this.load = load;
        this.command = command;
        this.warmUp = warmUp;
        this.count = count;
    }

    /** Bound, like the server, to one processor: otherwise the wake-ups of another processor are measured. */
    static LoadProcess pinnedLoad(final Lab lab) throws IOException {
        return lab.load("taskset", "-c", String.valueOf(SmallWorkloads.PROCESSOR));
    }

    /** With enough exchanges for the JIT compilers of both ends, which share the processor, to finish. */
    @Override
    public void verify() throws IOException, InterruptedException {
        exchange(warmUp);
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        return Sample.of(Metric.PER_SECOND, count * NANOS_PER_SECOND / exchange(count));
    }

    /** @return the time in nanoseconds */
    private long exchange(final int exchanges) throws IOException, InterruptedException {
        final List<Object> words = new ArrayList<>(List.of(command.get(0), server.address(), server.port()));
        words.addAll(command.subList(1, command.size()));
        words.add(exchanges);
        return load.ask(words.toArray())[0];
    }

    @Override
    public void close() {
        server.close();
    }
}
