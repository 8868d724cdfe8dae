package io.tapstack.httpd;

import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a file server: sending, the facts about files, and its limits.
 *
 * @param method of sending bodies
 * @param maxAge time for which clients may keep a response without asking again; empty sends nothing about it
 * @param mimeType the content type of every file; empty for one by the file's name
 * @param accessLog true to log each response
 * @param mappedFiles files that stay open and mapped
 * @param limits of a client's bytes and resources
 * @param timeouts of a client
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
     * @param connections connections served at a time; the longest idle is closed for a new one, which gets 503 if none
     *     is idle
     * @param lineBytes the longest request line and header line
     * @param headBytes the largest request head
     * @param headerCount the most header lines in one request
     * @param bodyBytes the largest request body that is read and ignored
     * @param lingerBytes bytes read and ignored after the last response, before the connection is cut
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

        /** The number of connections served at a time, by default. */
        public static final int CONNECTIONS = 16 * 1024;

        /** Limits for an untrusted network, on a small machine. */
        public static Limits standard() {
            return new Limits(CONNECTIONS, 8 * 1024, 32 * 1024, 100, 64 * 1024, 16 * 1024 * 1024, 32);
        }

        /** The same with another number of connections. */
        public Limits withConnections(final int count) {
            return new Limits(count, lineBytes, headBytes, headerCount, bodyBytes, lingerBytes, ranges);
        }
    }

    /**
     * Times.
     *
     * @param idle of a connection without a request
     * @param head from the first to the last byte of a request's head
     * @param body of a request's body
     * @param stall without progress of sending, before the connection is reset
     * @param linger for the client to close, after the last response
     * @param stop for running responses when the server stops
     */
    public record Timeouts(
            Duration idle, Duration head, Duration body, Duration stall, Duration linger, Duration stop) {

        /** Times for slow links that still free the resources of dead clients. */
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

    /** The defaults of the command line. */
    public static ServerConfig standard() {
        return new ServerConfig(
                ServeMethod.AUTO,
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

    /** The same with other facts about files. */
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
