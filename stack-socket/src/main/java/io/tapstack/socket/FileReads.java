package io.tapstack.socket;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file, as {@link MappedFile} reads it. Safe for use by several threads. */
interface FileReads extends Closeable {

    /** The present size in bytes. */
    long size() throws IOException;

    /**
     * Reads bytes at {@code position} into the remaining space of {@code target}.
     *
     * @return the number of bytes read, or -1 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;
}
