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
 * The bytes of a request, and those that answer it for as long as the file that was asked for is what it was. For one thread at a time.
 */
final class ReadyResponse {

    private static final long MILLIS_PER_SECOND = 1000;

    private final byte[] request;
    private final Path asked;
    private final FileTime modified;
    private final long size;
    private final @Nullable Object identity;
    private final byte[] bytes;
    private final ByteBuffer view;
    private long dateSecond;

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
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes);
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
        if (second != dateSecond) {
            dateSecond = second;
            final byte[] date = HttpDate.ofSecond(second).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(date, 0, bytes, Response.DATE_OFFSET, date.length);
        }
        return view.clear();
    }
}
