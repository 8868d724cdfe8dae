package io.tapstack.httpd;

import io.tapstack.http.Amount;
import io.tapstack.transport.LogThread;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a line per response, on a thread of its own, and now and then one about a long transfer. Safe for use by several
 * threads.
 */
final class AccessLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("tapstack.access");
    private static final int MAX_LINE = 512;

    private final Optional<LogThread> responses;
    private final String method;

    AccessLog(final ServerConfig config) {
        this.responses =
                config.accessLog() && LOG.isInfoEnabled() ? Optional.of(new LogThread("access-log")) : Optional.empty();
        this.method = config.method().name().toLowerCase(Locale.ROOT);
    }

    /** The end of a response. */
    enum End {
        COMPLETE(""),
        CLIENT_LEFT(" (client left)"),
        CUT_SHORT(" (file was cut short: connection reset)"),
        UNREADABLE(" (file cannot be read: connection reset)");

        private final String text;

        End(final String text) {
            this.text = text;
        }
    }

    /** True if {@link #responseNow} will log a response, or none is logged. */
    boolean hasRoom() {
        return responses.isEmpty() || responses.get().hasRoom();
    }

    /** Logs a complete response, without waiting. */
    void responseNow(
            final InetSocketAddress client,
            final String requestLine,
            final HttpStatus status,
            final long bytes,
            final long nanos) {
        responses.ifPresent(thread -> thread.log(() -> write(client, requestLine, status, bytes, nanos, End.COMPLETE)));
    }

    /** Logs a response. Waits while the log takes no line. */
    void response(
            final InetSocketAddress client,
            final String requestLine,
            final HttpStatus status,
            final long bytes,
            final long nanos,
            final End end) {
        responses.ifPresent(thread -> thread.logOrWait(() -> write(client, requestLine, status, bytes, nanos, end)));
    }

    private void write(
            final InetSocketAddress client,
            final String requestLine,
            final HttpStatus status,
            final long bytes,
            final long nanos,
            final End end) {
        LOG.info(
                "{} \"{}\" {} {} B {} {} {}{}",
                endpoint(client),
                sanitised(requestLine),
                status.code(),
                bytes,
                Amount.time(nanos),
                Amount.rate(bytes, nanos),
                method,
                end.text);
    }

    /** Logs the lines that wait. */
    @Override
    public void close() {
        responses.ifPresent(LogThread::close);
    }

    void progress(
            final InetSocketAddress client,
            final String requestLine,
            final long bytes,
            final long total,
            final long nanos) {
        LOG.info(
                "{} \"{}\" ... {} of {} ({} %) {} {}",
                endpoint(client),
                sanitised(requestLine),
                Amount.bytes(bytes),
                Amount.bytes(total),
                total == 0 ? 100 : bytes * 100 / total,
                Amount.rate(bytes, nanos),
                method);
    }

    static String endpoint(final InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ':' + address.getPort();
    }

    /** The client's text, made safe to show: nothing in it can start a line, end the quotes or control a terminal. */
    static String sanitised(final String text) {
        final StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX_LINE) + 8);
        for (int i = 0; i < text.length(); i++) {
            if (safe.length() >= MAX_LINE) {
                return safe.append("...").toString();
            }
            final char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
                safe.append(String.format("\\x%02x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }
}
