package io.tapstack.tcp.congestion;

/** ACKs for tests of congestion controls: round numbers, and a window that is used unless told otherwise. */
final class Acks {

    static final int MSS = 1_000;

    private Acks() {}

    static AckSample of(final int bytes) {
        final AckSample ack = new AckSample();
        ack.ackedBytes = bytes;
        ack.deliveredBytes = bytes;
        ack.windowUsed = true;
        return ack;
    }

    static AckSample unused(final int bytes) {
        final AckSample ack = of(bytes);
        ack.windowUsed = false;
        return ack;
    }
}
