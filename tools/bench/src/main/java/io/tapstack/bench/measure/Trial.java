package io.tapstack.bench.measure;

import java.io.IOException;

/** A subject that is ready to be measured. All calls come from one thread. */
public interface Trial extends AutoCloseable {

    /**
     * Does its work once and checks all results, such as the content of a transfer. Not timed; also the first warm-up.
     *
     * @throws io.tapstack.bench.lab.BenchFailure if a check fails
     */
    void verify() throws IOException, InterruptedException;

    /**
     * One run, with checks that cost no time, such as byte counts.
     *
     * @throws io.tapstack.bench.lab.BenchFailure if a check fails
     */
    Sample run() throws IOException, InterruptedException;

    /** Ends the processes that were started for it. */
    @Override
    default void close() {}
}
