package io.tapstack.bench.measure;

import java.io.IOException;

/** A subject that stands ready. All calls come from one thread. */
public interface Trial extends AutoCloseable {

    /**
     * Does its work once and checks all that comes out of it, such as the content of a transfer. Not timed; also the
     * first warm-up.
     *
     * @throws io.tapstack.bench.lab.BenchFailure if a check fails
     */
    void verify() throws IOException, InterruptedException;

    /**
     * One run. Checks what costs no time, such as byte counts.
     *
     * @throws io.tapstack.bench.lab.BenchFailure if a check fails
     */
    Sample run() throws IOException, InterruptedException;

    /** Ends what was started for it. */
    @Override
    default void close() {}
}
