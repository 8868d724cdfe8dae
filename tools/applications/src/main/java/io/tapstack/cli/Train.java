package io.tapstack.cli;

import io.tapstack.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tapstack train}: serves itself for some seconds, as a training run. {@code bin/tapstack} lets the JVM store
 * the classes, and on newer JDKs the profiles, that such a run needs, and starts servers with them.
 */
@Command(name = "train", description = "Run each server for a moment, as an example for the JVM.", hidden = true)
final class Train implements Callable<Integer> {

    private static final int PORT = 8080;
    private static final int TARGET_PORT = 8081;
    private static final int LARGE_BYTES = 4 << 20;
    private static final int SMALL_BYTES = 1024;
    private static final int OPEN_SECONDS = 10;
    private static final Duration BULK = Duration.ofMillis(700);
    private static final Duration REQUESTS = Duration.ofMillis(700);

    private final SessionFactory sessions;
    private final byte[] buffer = new byte[1 << 16];

    @Option(names = "--network", defaultValue = "tapstack", description = "tapstack or kernel (${DEFAULT-VALUE})")
    private String network = "tapstack";

    Train(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Main.commandLine(sessions).execute("--version");
        final Path directory = Files.createTempDirectory("tapstack");
        final Path large = directory.resolve("large");
        final Path small = directory.resolve("small");
        try (ServerSocket target = new ServerSocket(TARGET_PORT)) {
            Files.write(large, new byte[LARGE_BYTES]);
            Files.write(small, new byte[SMALL_BYTES]);
            during(List.of("serve", directory.toString(), "--no-access-log"), this::download);
            during(List.of("echo"), this::exchange);
            final Thread peer = new Thread(() -> answer(target), "target");
            peer.setDaemon(true);
            peer.start();
            final String host = network.equals("kernel") ? "127.0.0.1" : "10.0.0.1";
            during(List.of("proxy", "--to", host + ':' + TARGET_PORT), this::exchange);
            return 0;
        } finally {
            Files.deleteIfExists(large);
            Files.deleteIfExists(small);
            Files.delete(directory);
        }
    }

    private interface Client {

        void run(InetAddress server) throws IOException;
    }

    private void during(final List<String> command, final Client client) throws IOException, InterruptedException {
        final List<String> arguments = new ArrayList<>(command);
        final String port = Integer.toString(PORT);
        arguments.addAll(List.of(command.get(0).equals("proxy") ? "--listen" : "--port", port, "--network", network));
        final String[] line = arguments.toArray(String[]::new);
        final CompletableFuture<Session> opened = new CompletableFuture<>();
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        final SessionFactory observed = link -> {
            final Session session = new Ending(sessions.open(link), ended);
            opened.complete(session);
            return session;
        };
        final Thread server = new Thread(() -> Main.commandLine(observed, line).execute(line), "server");
        server.start();
        try {
            client.run(opened.get(OPEN_SECONDS, TimeUnit.SECONDS).address());
        } catch (final ExecutionException | TimeoutException e) {
            throw new IOException("no network", e);
        } finally {
            ended.complete(null);
        }
        server.join();
    }

    /** A session that a command takes for ended when this one says so. */
    private record Ending(Session session, CompletableFuture<Void> ended) implements Session {

        @Override
        public Transport transport() {
            return session.transport();
        }

        @Override
        public List<InetAddress> addresses() {
            return session.addresses();
        }

        @Override
        public void whenEnded(final Runnable listener) {
            session.whenEnded(listener);
            ended.thenRun(listener);
        }

        @Override
        public void close() throws IOException {
            session.close();
        }
    }

    private void download(final InetAddress server) throws IOException {
        for (final long end = end(BULK); System.nanoTime() < end; ) {
            get(server, "/large", 1);
        }
        for (final long end = end(REQUESTS); System.nanoTime() < end; ) {
            get(server, "/small", 1);
            get(server, "/small", 10);
        }
    }

    private void get(final InetAddress server, final String path, final int times) throws IOException {
        try (Socket socket = connect(server)) {
            final InputStream in = socket.getInputStream();
            for (int i = 1; i <= times; i++) {
                final String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n"
                        + (i == times ? "Connection: close\r\n\r\n" : "\r\n");
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                if (i < times) {
                    // A small response is one segment.
                    requireMore(in.read(buffer));
                }
            }
            drain(in);
        }
    }

    private void exchange(final InetAddress server) throws IOException {
        for (final long end = end(REQUESTS); System.nanoTime() < end; ) {
            try (Socket socket = connect(server)) {
                for (int i = 0; i < 3; i++) {
                    socket.getOutputStream().write(buffer, 0, 1);
                    requireMore(socket.getInputStream().read(buffer));
                }
            }
        }
        try (Socket socket = connect(server)) {
            final OutputStream out = socket.getOutputStream();
            for (final long end = end(BULK); System.nanoTime() < end; ) {
                out.write(buffer);
                requireMore(socket.getInputStream().readNBytes(buffer, 0, buffer.length));
            }
            socket.shutdownOutput();
            drain(socket.getInputStream());
        }
    }

    private void drain(final InputStream in) throws IOException {
        int count = 0;
        while (count >= 0) {
            count = in.read(buffer);
        }
    }

    private static void requireMore(final int count) throws IOException {
        if (count <= 0) {
            throw new IOException("the connection has ended");
        }
    }

    /** Echoes one connection after the other until {@code target} is closed. */
    private static void answer(final ServerSocket target) {
        while (!target.isClosed()) {
            try (Socket client = target.accept()) {
                client.getInputStream().transferTo(client.getOutputStream());
            } catch (final IOException e) {
                // The next one may fare better; a closed socket ends the loop.
            }
        }
    }

    /** Tries until the server listens. */
    private static Socket connect(final InetAddress server) throws IOException {
        final long end = end(Duration.ofSeconds(OPEN_SECONDS));
        while (true) {
            final Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(server, PORT), OPEN_SECONDS * 1000);
                socket.setSoLinger(true, 0); // no port in TIME-WAIT
                socket.setSoTimeout(OPEN_SECONDS * 1000);
                return socket;
            } catch (final IOException e) {
                socket.close();
                if (System.nanoTime() >= end) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static long end(final Duration time) {
        return System.nanoTime() + time.toNanos();
    }
}
