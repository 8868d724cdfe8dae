package io.tapstack.socket;

/** The directions that {@code shutdown(2)} ends; the ordinals are Linux's numbers. */
public enum Shutdown {
    /** SHUT_RD: our input. */
    INPUT,
    /** SHUT_WR: our output; the peer gets a FIN. */
    OUTPUT,
    /** SHUT_RDWR. */
    BOTH;

    boolean endsInput() {
        return this != OUTPUT;
    }

    boolean endsOutput() {
        return this != INPUT;
    }
}
