package io.tapstack.bench.measure;

import io.tapstack.bench.lab.Lab;
import java.io.IOException;

/**
 * A subject of measurements: Tapstack in some configuration, or a reference.
 *
 * @param name in comparisons and results
 * @param maker sets it up
 */
public record Subject(String name, Maker maker) {

    /** Sets a subject up in the lab. */
    @FunctionalInterface
    public interface Maker {

        /** Starts servers, and a trial that puts load on them. */
        Trial open(Lab lab) throws IOException, InterruptedException;
    }
}
