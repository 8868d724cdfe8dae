package io.tapstack.cli;

import io.tapstack.http.Amount;
import io.tapstack.http.client.DownloadProgress;
import java.util.OptionalLong;

/**
 * Counts the received bytes of a download, for the message after an interrupt, and passes progress on. Any thread may
 * ask.
 */
final class Kept implements DownloadProgress {

    private final DownloadProgress shown;
    private volatile boolean ended;
    private volatile long bytes;

    /** @param existingBytes bytes that will be continued, if the server agrees */
    Kept(final DownloadProgress shown, final long existingBytes) {
        this.shown = shown;
        this.bytes = existingBytes;
    }

    @Override
    public void begin(final long existingBytes, final OptionalLong totalBytes) {
        bytes = existingBytes;
        shown.begin(existingBytes, totalBytes);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    public void advance(final long more) {
        bytes += more;
        shown.advance(more);
    }

    @Override
    public void end() {
        shown.end();
        ended = true;
    }

    /** True if a body has begun and ended, so that its progress is a whole line. */
    boolean isEnded() {
        return ended;
    }

    /**
     * The message, one line.
     *
     * @param name of the output
     * @param remedy the command that continues, or nothing if the output keeps no bytes
     */
    String words(final String name, final String remedy) {
        final long count = bytes;
        if (count == 0) {
            return name + ": interrupted, nothing has come";
        }
        return name + ": " + Amount.bytes(count)
                + (remedy.isEmpty() ? " written, interrupted" : " kept; " + remedy + " goes on");
    }
}
