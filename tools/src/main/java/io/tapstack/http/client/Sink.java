package io.tapstack.http.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/** Where a download goes. */
public interface Sink {

    /** How many bytes of an earlier attempt are there. */
    long existingBytes() throws IOException;

    /** The version that those bytes are of: the Last-Modified date that {@link #date} was told. */
    Optional<Instant> existingDate() throws IOException;

    /**
     * Opens the sink for writing. The caller closes it.
     *
     * @param append whether to keep the existing bytes and to add to them
     */
    OutputStream open(boolean append) throws IOException;

    /** Remembers which version was written, whether complete or not, after the stream is closed. */
    void date(Instant lastModified) throws IOException;
}
