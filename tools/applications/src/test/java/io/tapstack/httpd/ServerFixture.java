package io.tapstack.httpd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with a directory of its own, on the kernel's loopback by default. */
abstract class ServerFixture {

    @TempDir
    Path root;

    HttpServer server;

    private @Nullable ServerPlace movedTo;

    ServerConfig config() {
        return ServerConfig.standard();
    }

    /** Fills the directory before the server starts. */
    void prepare() throws IOException {}

    @BeforeEach
    final void startServer() throws IOException {
        prepare();
        server = start(root, config());
    }

    @AfterEach
    final void stopServer() throws IOException {
        server.close();
    }

    /** The default place of the server. */
    ServerPlace usualPlace() {
        return ServerPlace.KERNEL;
    }

    final ServerPlace place() {
        return movedTo == null ? usualPlace() : movedTo;
    }

    /** Moves the server; called before it starts. */
    final void moveTo(final ServerPlace elsewhere) {
        movedTo = elsewhere;
    }

    final HttpServer start(final Path path, final ServerConfig config) throws IOException {
        final ServerPlace place = place();
        return HttpServer.start(
                place.transport(),
                new InetSocketAddress(place.address(), 0),
                path,
                config.withAccessLog(place.accessLog()));
    }

    static ServerConfig.Timeouts timeouts(final int idle, final int head, final int body, final int stall) {
        return new ServerConfig.Timeouts(
                Duration.ofMillis(idle),
                Duration.ofMillis(head),
                Duration.ofMillis(body),
                Duration.ofMillis(stall),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2));
    }

    RawClient client() throws IOException {
        return new RawClient(server.address());
    }

    Path write(final String name, final String text) throws IOException {
        final Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    byte[] writeRandom(final String name, final int size) throws IOException {
        final byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.write(root.resolve(name), bytes);
        return bytes;
    }
}
