package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** The bytes of a request, and its response while the requested file does not change. Any thread may call. */
final class ReadyResponse {

    private static final long MILLIS_PER_SECOND = 1000;

    /**
     * Time for which the state of the file is trusted. A process that writes through a mapping of the file changes its
     * times with the first write to a page, and not again until the kernel has written that page back, which on tmpfs
     * it never does (mmap(2), NOTES).
     */
    private static final long LIFE_MILLIS = 1000;

    /**
     * A line of the log.
     *
     * @param requestLine the first line of the request
     * @param status of the response
     * @param bodyBytes of the response, without its head
     */
    record Summary(String requestLine, HttpStatus status, long bodyBytes) {}

    private final Summary summary;
    private final byte[] request;
    private final Path asked;
    private final FileState state;
    private final long madeMillis;
    private volatile Dated latest;

    /**
     * The response.
     *
     * @param second of its Date field
     * @param bytes never change
     */
    private record Dated(long second, byte[] bytes) {}

    /**
     * @param summary of the request and the response
     * @param request its bytes
     * @param asked the requested path
     * @param state of the file there
     * @param bytes the response, with a Date field of any date at {@link Response#DATE_OFFSET}
     * @param epochMillis time of the response
     */
    ReadyResponse(
            final Summary summary,
            final byte[] request,
            final Path asked,
            final FileState state,
            final byte[] bytes,
            final long epochMillis) {
        this.summary = summary;
        this.request = request;
        this.asked = asked;
        this.state = state;
        this.madeMillis = epochMillis;
        this.latest = new Dated(Long.MIN_VALUE, bytes);
    }

    String requestLine() {
        return summary.requestLine;
    }

    HttpStatus status() {
        return summary.status;
    }

    long bodyBytes() {
        return summary.bodyBytes;
    }

    /** True if these are the bytes of the request. */
    boolean answers(final byte[] received, final int length) {
        return Arrays.equals(request, 0, request.length, received, 0, length);
    }

    /** Asks the file system whether the path still leads to the same file, with the same contents and permissions. */
    boolean isCurrent(final long epochMillis) {
        final long age = epochMillis - madeMillis;
        if (age < 0 || age > LIFE_MILLIS) {
            return false;
        }
        try {
            return state.equals(FileState.of(asked));
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
