package io.tapstack.bench.measure;

import io.tapstack.bench.lab.Lab;
import java.io.IOException;

/**
 * Something to measure: Tapstack in some configuration, or a reference.
 *
 * @param name what comparisons and results call it
 * @param maker sets it up
 */
public record Subject(String name, Maker maker) {

    /** Sets a subject up in the lab. */
    @FunctionalInterface
    public interface Maker {

        /** Starts what is needed: servers, and a trial that puts load on them. */
        Trial open(Lab lab) throws IOException, InterruptedException;
    }
}
