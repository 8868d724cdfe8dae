package io.tapstack.bench.measure;

/** Hears what is being done. */
@FunctionalInterface
public interface Progress {

    /** A few words about what begins now. */
    void now(String what);
}
