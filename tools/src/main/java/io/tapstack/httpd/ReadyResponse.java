package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a request, and those that answer it for as long as the file that was asked for is what it was. Any thread may call.
 */
final class ReadyResponse {

    private static final long MILLIS_PER_SECOND = 1000;

    private final byte[] request;
    private final Path asked;
    private final FileTime modified;
    private final long size;
    private final @Nullable Object identity;
    private volatile Dated latest;

    /**
     * The response.
     *
     * @param second of its Date field
     * @param bytes never change
     */
    private record Dated(long second, byte[] bytes) {}

    /**
     * @param found the file
     * @param bytes the response, with a Date field of any date at {@link Response#DATE_OFFSET}
     */
    ReadyResponse(final byte[] request, final Site.FoundFile found, final byte[] bytes) {
        this.request = request;
        this.asked = found.asked();
        this.modified = found.attributes().lastModifiedTime();
        this.size = found.attributes().size();
        this.identity = found.attributes().fileKey();
        this.latest = new Dated(Long.MIN_VALUE, bytes);
    }

    /** Whether these are the bytes of the request. */
    boolean answers(final byte[] received, final int length) {
        return Arrays.equals(request, 0, request.length, received, 0, length);
    }

    /** Asks the file system whether the path still leads to the same file, and the file has not changed. */
    boolean isCurrent() {
        try {
            final BasicFileAttributes found = Files.readAttributes(asked, BasicFileAttributes.class);
            return found.size() == size
                    && modified.equals(found.lastModifiedTime())
                    && identity != null
                    && identity.equals(found.fileKey());
        } catch (final IOException e) {
            return false;
        }
    }

    /** The response at this time. */
    ByteBuffer at(final long epochMillis) {
        final long second = epochMillis / MILLIS_PER_SECOND;
        Dated dated = latest;
        if (second != dated.second) {
            final byte[] bytes = dated.bytes.clone();
            final byte[] date = HttpDate.ofSecond(second).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(date, 0, bytes, Response.DATE_OFFSET, date.length);
            dated = new Dated(second, bytes);
            latest = dated;
        }
        return ByteBuffer.wrap(dated.bytes);
    }
}
