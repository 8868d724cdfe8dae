package io.tapstack.cli;

import io.tapstack.http.Amount;
import io.tapstack.http.client.Progress;
import java.util.OptionalLong;

/**
 * Notes what has come of a download, on its way to another progress, to tell about it when the download is interrupted.
 * Any thread may ask.
 */
final class Kept implements Progress {

    private final Progress shown;
    private volatile boolean ended;
    private volatile long bytes;

    /** @param existingBytes what is there already and will be continued, if the server agrees */
    Kept(final Progress shown, final long existingBytes) {
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

    /** Whether a body has begun and ended, so that what was shown of it is a whole line. */
    boolean isEnded() {
        return ended;
    }

    /**
     * One line.
     *
     * @param name of the output
     * @param remedy the command that continues, or nothing if the output keeps nothing that could be continued
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
