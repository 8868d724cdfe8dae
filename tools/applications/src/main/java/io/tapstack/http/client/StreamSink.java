package io.tapstack.http.client;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A stream that stays open, such as the standard output. A download to it cannot be continued. */
public final class StreamSink implements Sink {

    private final OutputStream output;

    /** @param output flushed at the end of the download, not closed */
    public StreamSink(final OutputStream output) {
        this.output = output;
    }

    @Override
    public long existingBytes() {
        return 0;
    }

    @Override
    public Version existingVersion() {
        return Version.UNKNOWN;
    }

    @Override
    public OutputStream open(final boolean append) {
        return new FilterOutputStream(output) {

            @Override
            public void write(final byte[] bytes, final int offset, final int length) throws IOException {
                output.write(bytes, offset, length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    @Override
    public void remember(final Version version) {}
}
