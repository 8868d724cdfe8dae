package io.tapstack.httpd;

import java.time.Duration;
import java.util.Optional;

/**
 * How a file server sends, what it tells about files, and what it may spend on its clients.
 *
 * @param method how bodies are sent
 * @param maxAge how long clients may keep a response without asking again; empty says nothing about it
 * @param mimeType the content type of every file; empty means by the file's name
 * @param accessLog whether each response is logged
 * @param mappedFiles how many files stay open and mapped
 * @param limits how much a client may send and hold
 * @param timeouts how long a client may take
 */
public record ServerConfig(
        ServeMethod method,
        Optional<Duration> maxAge,
        Optional<String> mimeType,
        boolean accessLog,
        int mappedFiles,
        Limits limits,
        Timeouts timeouts) {

    /**
     * Sizes and counts.
     *
     * @param connections how many connections are served at a time; the longest idle is closed for a new one, which is
     *     told 503 if none is idle
     * @param lineBytes the longest request line and header line
     * @param headBytes the largest request head
     * @param headerCount the most header lines in one request
     * @param bodyBytes the largest request body that is read and ignored
     * @param lingerBytes how much is read and ignored after the last response, before the connection is cut
     * @param ranges the most ranges in one request; a request with more gets the whole file
     */
    public record Limits(
            int connections,
            int lineBytes,
            int headBytes,
            int headerCount,
            long bodyBytes,
            long lingerBytes,
            int ranges) {

        /** What serves a network that is not trusted, on a small machine. */
        public static Limits standard() {
            return new Limits(16 * 1024, 8 * 1024, 32 * 1024, 100, 64 * 1024, 16 * 1024 * 1024, 32);
        }

        /** The same with another number of connections. */
        public Limits withConnections(final int count) {
            return new Limits(count, lineBytes, headBytes, headerCount, bodyBytes, lingerBytes, ranges);
        }
    }

    /**
     * Times.
     *
     * @param idle how long a connection may stay without a request
     * @param head how long a request's head may take from its first to its last byte, however it trickles in
     * @param body how long a request's body may take
     * @param stall how long sending may stand still before the connection is reset
     * @param linger how long to wait for the client to close, after the last response
     * @param stop how long running responses get when the server stops
     */
    public record Timeouts(
            Duration idle, Duration head, Duration body, Duration stall, Duration linger, Duration stop) {

        /** What serves people on slow links and still frees what dead clients hold. */
        public static Timeouts standard() {
            return new Timeouts(
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(3));
        }
    }

    /** What the command line uses unless told otherwise. */
    public static ServerConfig standard() {
        return new ServerConfig(
                ServeMethod.SENDFILE,
                Optional.empty(),
                Optional.empty(),
                true,
                128,
                Limits.standard(),
                Timeouts.standard());
    }

    /** The same with another method. */
    public ServerConfig withMethod(final ServeMethod other) {
        return new ServerConfig(other, maxAge, mimeType, accessLog, mappedFiles, limits, timeouts);
    }

    /** The same with other rules for what clients are told about files. */
    public ServerConfig withRepresentation(final Optional<Duration> age, final Optional<String> mime) {
        return new ServerConfig(method, age, mime, accessLog, mappedFiles, limits, timeouts);
    }

    /** The same, with or without a line in the log for each response. */
    public ServerConfig withAccessLog(final boolean on) {
        return new ServerConfig(method, maxAge, mimeType, on, mappedFiles, limits, timeouts);
    }

    /** The same with other limits. */
    public ServerConfig withLimits(final Limits other) {
        return new ServerConfig(method, maxAge, mimeType, accessLog, mappedFiles, other, timeouts);
    }

    /** The same with other time limits. */
    public ServerConfig withTimeouts(final Timeouts other) {
        return new ServerConfig(method, maxAge, mimeType, accessLog, mappedFiles, limits, other);
    }
}
