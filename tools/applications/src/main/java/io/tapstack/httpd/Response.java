package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A response: its status, its own header fields and its body. For one thread. */
final class Response {

    /** The body behind the head. */
    sealed interface Body permits NoBody, Content, FileParts {}

    /** No body, as in answers to HEAD and in 304. */
    record NoBody() implements Body {}

    /** Bytes in memory. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(byte[] bytes) implements Body {}

    /** Parts of a file, which this response holds open. */
    record FileParts(MappedFile file, List<Part> parts) implements Body {}

    /**
     * A part of a file.
     *
     * @param prefix bytes sent before it
     * @param count number of bytes; 0 for the end of a multipart body
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(byte[] prefix, long position, long count) {}

    private static final Body NONE = new NoBody();
    private static final String VERSION = "HTTP/1.1 ";
    private static final String BEFORE_DATE = "\r\nDate: ";

    /** Offset of the date in a {@linkplain #head head} of status 200. */
    static final int DATE_OFFSET = (VERSION + HttpStatus.OK.line() + BEFORE_DATE).length();

    private final HttpStatus status;
    private final StringBuilder fields = new StringBuilder(256);
    private long bodyLength;
    private Body body = NONE;
    private Optional<Site.FoundFile> origin = Optional.empty();

    private Response(final HttpStatus status) {
        this.status = status;
    }

    static Response of(final HttpStatus status) {
        return new Response(status);
    }

    /** A short page about an error or a redirect. */
    static Response message(final HttpStatus status, final String sentence) {
        return HtmlPage.message(status, sentence);
    }

    /** Adds a header field. The value must be free of line breaks. */
    Response field(final String name, final String value) {
        fields.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    /** Sets the Content-Length field: of the body, or of the one that GET would get. */
    Response contentLength(final long length) {
        bodyLength = length;
        fields.append("Content-Length: ").append(length).append("\r\n");
        return this;
    }

    Response body(final Body newBody) {
        body = newBody;
        return this;
    }

    /** The same as an answer to HEAD: with all fields and no body. */
    Response withoutBody() throws IOException {
        release();
        body = NONE;
        return this;
    }

    /** Notes that the same request gets the same response, except its date, while this file does not change. */
    Response repeatableFor(final Site.FoundFile found) {
        origin = Optional.of(found);
        return this;
    }

    /** See {@link #repeatableFor}. */
    Optional<Site.FoundFile> origin() {
        return origin;
    }

    HttpStatus status() {
        return status;
    }

    /** The value of the Content-Length field, 0 without one. */
    long bodyLength() {
        return bodyLength;
    }

    Body body() {
        return body;
    }

    /** True if the file of this response has become smaller since. */
    boolean isCutShort() throws IOException {
        return body instanceof FileParts parts
                && parts.file().sizeNow() < parts.file().size();
    }

    /** True if the file of this response cannot be read. */
    boolean isUnreadable() {
        return body instanceof FileParts parts && parts.file().hasFailed();
    }

    /** Releases the resources of the body. */
    void release() throws IOException {
        if (body instanceof FileParts parts) {
            parts.file().close();
        }
    }

    /**
     * The bytes of the head, and bytes that are sent along with it.
     *
     * @param connection the value of the Connection field, or nothing
     */
    byte[] head(final String date, final String connection, final byte[] along) {
        final StringBuilder head = new StringBuilder(160 + fields.length());
        head.append(VERSION).append(status.line()).append(BEFORE_DATE).append(date);
        head.append("\r\nServer: tapstack\r\n").append(fields);
        if (!connection.isEmpty()) {
            head.append("Connection: ").append(connection).append("\r\n");
        }
        head.append("\r\n");
        final byte[] bytes = new byte[head.length() + along.length];
        System.arraycopy(head.toString().getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, head.length());
        System.arraycopy(along, 0, bytes, head.length(), along.length);
        return bytes;
    }
}
