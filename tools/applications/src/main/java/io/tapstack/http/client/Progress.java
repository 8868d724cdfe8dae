package io.tapstack.http.client;

import java.util.OptionalLong;

/** What a download tells about itself while it runs, on its own thread. */
public interface Progress {

    /** Tells nobody. */
    Progress SILENT = new Progress() {

        @Override
        public void begin(final long existingBytes, final OptionalLong totalBytes) {}

        @Override
        public void advance(final long bytes) {}

        @Override
        public void end() {}
    };

    /**
     * The body begins.
     *
     * @param existingBytes what an earlier attempt has brought
     * @param totalBytes what it will be in the end, if the server says so
     */
    void begin(long existingBytes, OptionalLong totalBytes);

    /** So many more bytes have come. */
    void advance(long bytes);

    /** The body has ended, for good or bad. */
    void end();
}
