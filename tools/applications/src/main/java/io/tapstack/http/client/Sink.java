package io.tapstack.http.client;

import java.io.IOException;
import java.io.OutputStream;

/** The destination of a download. */
public sealed interface Sink permits FileSink, StreamSink {

    /** The number of bytes from an earlier attempt. */
    long existingBytes() throws IOException;

    /** The version of those bytes, as given to {@link #remember}. */
    Version existingVersion() throws IOException;

    /**
     * Opens the sink for writing. The caller closes it.
     *
     * @param append true to keep the existing bytes and to add to them
     */
    OutputStream open(boolean append) throws IOException;

    /** Stores the version that was written, complete or not, after the stream is closed. */
    void remember(Version version) throws IOException;
}
