package io.tapstack.bench.workload;

import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;

/** Another trial, during a flood. */
record FloodedTrial(Trial trial, Flood flood) implements Trial {

    @Override
    public void verify() throws IOException, InterruptedException {
        trial.verify();
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        flood.start();
        final Sample sample = trial.run();
        flood.stop();
        return sample;
    }

    @Override
    public void close() {
        trial.close();
        flood.close();
    }
}
