package io.tapstack.bench.measure;

/** Hears what is being done. */
@FunctionalInterface
public interface Progress {

    /** A few words about the step that begins now: several in a second, or one in many seconds. */
    void now(String what);

    /** A workload begins: its name, its number and how long the rest may take. Once in a minute or so. */
    default void begins(final String what) {}
}
