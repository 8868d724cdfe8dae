package io.tapstack.http.client;

import java.util.OptionalLong;

/** Is told of the progress of a download, on the thread of the download. */
public interface DownloadProgress {

    /** Ignores progress. */
    DownloadProgress SILENT = new DownloadProgress() {

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
     * @param existingBytes bytes of an earlier attempt
     * @param totalBytes the final size, if the server sends it
     */
    void begin(long existingBytes, OptionalLong totalBytes);

    /** Further bytes have arrived. */
    void advance(long bytes);

    /** The body has ended, with or without success. */
    void end();
}
