package io.tapstack.socket;

/** SO_PEEK_OFF: where MSG_PEEK begins, in bytes from the next one to be read. Used with the stack's lock held. */
final class PeekOffset {

    private static final int OFF = -1;

    private int offset = OFF;

    /** A negative value turns it off. */
    void set(final int bytes) {
        offset = Math.max(OFF, bytes);
    }

    /** As it was set, and moved since. */
    int get() {
        return offset;
    }

    /** The bytes to leave out when peeking. */
    int skipped() {
        return Math.max(0, offset);
    }

    /** {@code bytes} were received: peeking moves the offset on, reading moves it back with the queue. */
    void received(final int bytes, final boolean peeked) {
        if (offset >= 0 && bytes > 0) {
            offset = peeked ? offset + bytes : Math.max(0, offset - bytes);
        }
    }
}
