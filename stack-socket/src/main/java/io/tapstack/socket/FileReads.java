package io.tapstack.socket;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file, as {@link MappedFile} reads it. Safe for use by several threads. */
interface FileReads extends Closeable {

    /** The size in bytes at this moment. */
    long size() throws IOException;

    /**
     * Reads bytes at {@code position} into what remains of {@code target}.
     *
     * @return how many bytes were read, or -1 at the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;
}
