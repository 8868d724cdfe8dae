package io.tapstack.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples on a TAP, with the kernel at the other end. */
@Timeout(60)
final class TapExamplesIT {

    @Test
    void echoOnTap() throws Exception {
        final FutureTask<String> echo = new FutureTask<>(() -> Output.of(EchoOnTap::main));
        new Thread(echo).start();
        try (Socket socket = connect("10.0.0.2", 7_777)) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello");
        }
        assertThat(echo.get()).isEmpty();
    }

    /** The kernel says that there is no route, or asks in vain, until the TAP is there and has its address. */
    private static Socket connect(final String address, final int port) throws IOException {
        while (!Files.exists(Path.of("/sys/class/net/tap0"))) {
            Thread.onSpinWait();
        }
        while (true) {
            try {
                return new Socket(address, port);
            } catch (final IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void download() throws Exception {
        final HttpServer server = HttpServer.create(new InetSocketAddress(8_000), 1);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write("page".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        try {
            assertThat(Output.of(Download::main)).startsWith("HTTP/1.1 200 OK").endsWith("page");
        } finally {
            server.stop(0);
        }
    }
}
