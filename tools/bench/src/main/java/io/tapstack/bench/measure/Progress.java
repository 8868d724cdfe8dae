package io.tapstack.bench.measure;

/** Is told of the progress of a benchmark. */
@FunctionalInterface
public interface Progress {

    /** A step begins, described in a few words: several in a second, or one in many seconds. */
    void now(String what);

    /** A workload begins: its name, its number and an estimate for the rest. About once a minute. */
    default void begins(final String what) {}
}
