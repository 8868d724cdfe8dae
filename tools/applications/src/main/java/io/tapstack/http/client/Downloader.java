package io.tapstack.http.client;

import io.tapstack.http.HttpDate;
import io.tapstack.http.client.DownloadFailure.Kind;
import io.tapstack.socket.ResolutionFailure;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;

/** Downloads by HTTP/1.1, one connection per request. For one thread, and another one that cancels. */
public final class Downloader {

    private static final int MAX_REDIRECTS = 10;
    private static final int BUFFER_BYTES = 64 * 1024;

    /**
     * A successful download.
     *
     * @param receivedBytes bytes received by this download
     * @param totalBytes size of the whole
     * @param nanos time of the body
     */
    public record Result(long receivedBytes, long totalBytes, long nanos) {}

    /** A request to continue, and its condition. */
    private record Continuation(long from, Version version) {

        static final Continuation NONE = new Continuation(0, Version.UNKNOWN);

        boolean wanted() {
            return from > 0;
        }

        /** The If-Range field (RFC 9110 section 13.1.5): a tag is more precise than a date. */
        Optional<String> validator() {
            return version.tag().or(() -> version.date().map(HttpDate::format));
        }
    }

    private final CancellableConnection connection;
    private final Duration connectTimeout;
    private final Duration readTimeout;

    /**
     * Creates a client.
     *
     * @param connectTimeout longest wait for a connection
     * @param readTimeout longest wait for bytes
     */
    public Downloader(final Transport transport, final Duration connectTimeout, final Duration readTimeout) {
        this.connection = new CancellableConnection(transport);
        this.connectTimeout = connectTimeout;
        this.readTimeout = readTimeout;
    }

    /**
     * Fetches {@code url} into {@code sink}. Bytes received before a failure stay there.
     *
     * @param resume true to continue from the sink's bytes, if they are of the server's version
     * @throws DownloadFailure if the body does not arrive completely
     */
    public Result download(final HttpUrl url, final Sink sink, final boolean resume, final DownloadProgress progress)
            throws IOException {
        try {
            return follow(url, sink, resume, progress);
        } catch (final IOException e) {
            if (connection.isCancelled()) {
                throw new DownloadFailure(Kind.CANCELLED, "cancelled", e);
            }
            throw e;
        }
    }

    /**
     * Ends this download, and any later one, by {@link Kind#CANCELLED}; does not wait for it. Bytes received stay, with
     * their version, so that the next download can continue. Any thread may call.
     */
    public void cancel() {
        connection.cancel();
    }

    private Result follow(final HttpUrl url, final Sink sink, final boolean resume, final DownloadProgress progress)
            throws IOException {
        final Continuation continuation =
                resume ? new Continuation(sink.existingBytes(), sink.existingVersion()) : Continuation.NONE;
        HttpUrl current = url;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            try (StreamConnection connected = connect(current)) {
                final Reply reply = request(connected, current, continuation);
                if (!isRedirect(reply)) {
                    return receive(reply, sink, continuation, progress);
                }
                final HttpUrl from = current;
                final Optional<String> location =
                        reply.field("Location").map(String::strip).filter(text -> !text.isEmpty());
                if (location.isEmpty()) {
                    throw new DownloadFailure(Kind.BAD_REPLY, "a redirect to nowhere from " + from);
                }
                current = from.resolve(location.get());
            }
        }
        throw new DownloadFailure(Kind.TOO_MANY_REDIRECTS, "more than " + MAX_REDIRECTS + " redirects from " + url);
    }

    private StreamConnection connect(final HttpUrl url) throws DownloadFailure {
        try {
            return connection.connect(url.host(), url.port(), connectTimeout);
        } catch (final ResolutionFailure e) {
            throw new DownloadFailure(Kind.UNKNOWN_HOST, String.valueOf(e.getMessage()), e);
        } catch (final UnknownHostException e) {
            throw new DownloadFailure(Kind.UNKNOWN_HOST, "unknown host " + url.host(), e);
        } catch (final SocketTimeoutException e) {
            throw new DownloadFailure(Kind.TIMEOUT, url.authority() + " does not answer", e);
        } catch (final IOException e) {
            throw new DownloadFailure(Kind.CONNECT, "cannot connect to " + url.authority() + ": " + e.getMessage(), e);
        }
    }

    private Reply request(final StreamConnection connected, final HttpUrl url, final Continuation continuation)
            throws DownloadFailure {
        final StringBuilder request = new StringBuilder(256);
        request.append("GET ").append(url.target()).append(" HTTP/1.1\r\n");
        request.append("Host: ").append(url.authority()).append("\r\n");
        url.authorization()
                .ifPresent(
                        value -> request.append("Authorization: ").append(value).append("\r\n"));
        request.append("User-Agent: tapstack\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
        if (continuation.wanted()) {
            request.append("Range: bytes=").append(continuation.from).append("-\r\n");
            continuation
                    .validator()
                    .ifPresent(validator ->
                            request.append("If-Range: ").append(validator).append("\r\n"));
        }
        request.append("\r\n");
        try {
            connected.readTimeoutMillis(Math.toIntExact(readTimeout.toMillis()));
            connected.output().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            return Reply.read(connected.input());
        } catch (final IOException e) {
            throw broken(e);
        }
    }

    private static boolean isRedirect(final Reply reply) {
        return switch (reply.status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private Result receive(
            final Reply reply, final Sink sink, final Continuation continuation, final DownloadProgress progress)
            throws IOException {
        return switch (reply.status()) {
            case 206 -> {
                final OptionalLong size = checkContinues(reply, continuation);
                yield copy(reply, sink, continuation.from, size, progress);
            }
            case 416 -> {
                final boolean complete =
                        continuation.wanted() && reply.contentRange().size().equals(OptionalLong.of(continuation.from));
                if (!complete) {
                    throw new DownloadFailure(
                            Kind.RESUME, "the server has no more than what is there: " + reply.statusLine());
                }
                yield new Result(0, continuation.from, 0);
            }
            default -> {
                // RFC 9110 15: an unknown status is treated as the first of its class.
                if (reply.status() / 100 == 2) {
                    yield copy(reply, sink, 0, reply.bodyLength(), progress);
                }
                throw new DownloadFailure(
                        reply.status() >= 400 ? Kind.HTTP_STATUS : Kind.BAD_REPLY,
                        "the server answered " + reply.statusLine());
            }
        };
    }

    /** @return the size of the whole, if the server sends it */
    private static OptionalLong checkContinues(final Reply reply, final Continuation continuation)
            throws DownloadFailure {
        final Reply.ContentRange range = reply.contentRange();
        if (!continuation.wanted() || !range.first().equals(OptionalLong.of(continuation.from))) {
            throw new DownloadFailure(Kind.RESUME, "the server sent another part than the one that was asked for");
        }
        if (continuation.version.differsFrom(new Version(reply.version().tag(), reply.lastModified()))) {
            throw new DownloadFailure(Kind.RESUME, "the file has changed on the server: start again without -C");
        }
        return range.size();
    }

    private Result copy(
            final Reply reply,
            final Sink sink,
            final long from,
            final OptionalLong total,
            final DownloadProgress progress)
            throws IOException {
        final long startNanos = System.nanoTime();
        final InputStream body = reply.body();
        long received = 0;
        boolean complete = false;
        progress.begin(from, total);
        try (OutputStream output = open(sink, from > 0)) {
            final byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = read(body, buffer); count >= 0; count = read(body, buffer)) {
                write(output, buffer, count);
                received += count;
                progress.advance(count);
            }
            complete = total.isEmpty() || total.getAsLong() == from + received;
        } finally {
            progress.end();
            final Version version = reply.version();
            // A weak date is the file's date, but no base for a continuation.
            sink.remember(complete ? new Version(version.tag(), reply.lastModified()) : version);
        }
        if (total.isPresent() && total.getAsLong() != from + received) {
            throw new DownloadFailure(Kind.PARTIAL, (from + received) + " bytes have come of " + total.getAsLong());
        }
        return new Result(received, from + received, System.nanoTime() - startNanos);
    }

    private static OutputStream open(final Sink sink, final boolean append) throws DownloadFailure {
        try {
            return sink.open(append);
        } catch (final IOException e) {
            throw new DownloadFailure(Kind.OUTPUT, "cannot write the output: " + e.getMessage(), e);
        }
    }

    private static int read(final InputStream body, final byte[] buffer) throws DownloadFailure {
        try {
            return body.read(buffer);
        } catch (final IOException e) {
            throw broken(e);
        }
    }

    private static void write(final OutputStream output, final byte[] buffer, final int count) throws DownloadFailure {
        try {
            output.write(buffer, 0, count);
        } catch (final IOException e) {
            throw new DownloadFailure(Kind.OUTPUT, "cannot write the output: " + e.getMessage(), e);
        }
    }

    private static DownloadFailure broken(final IOException cause) {
        if (cause instanceof DownloadFailure failure) {
            return failure;
        }
        if (cause instanceof SocketTimeoutException) {
            return new DownloadFailure(Kind.TIMEOUT, "nothing has come for too long: continue with -C", cause);
        }
        if (cause instanceof ConnectionClosedException || cause instanceof TruncatedChunkException) {
            return new DownloadFailure(Kind.PARTIAL, "the connection ended too early: continue with -C", cause);
        }
        if (cause instanceof MalformedChunkCodingException || cause instanceof MessageConstraintException) {
            return new DownloadFailure(Kind.BAD_REPLY, "the answer is damaged: " + cause.getMessage(), cause);
        }
        return new DownloadFailure(Kind.CONNECTION, "the connection broke: " + cause.getMessage(), cause);
    }
}
