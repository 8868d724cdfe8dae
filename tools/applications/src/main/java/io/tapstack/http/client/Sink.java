package io.tapstack.http.client;

import java.io.IOException;
import java.io.OutputStream;

/** Where a download goes. */
public sealed interface Sink permits FileSink, StreamSink {

    /** How many bytes of an earlier attempt are there. */
    long existingBytes() throws IOException;

    /** The version that those bytes are of, as {@link #remember} was told. */
    Version existingVersion() throws IOException;

    /**
     * Opens the sink for writing. The caller closes it.
     *
     * @param append whether to keep the existing bytes and to add to them
     */
    OutputStream open(boolean append) throws IOException;

    /** Remembers which version was written, whether complete or not, after the stream is closed. */
    void remember(Version version) throws IOException;
}
