package io.tapstack.http.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that reads a request head and then sends the answer of the test, one per connection. */
final class FakeServer implements AutoCloseable {

    /** The action after an answer. */
    enum Then {
        CLOSE,
        RESET,
        STAY_SILENT
    }

    private final ServerSocket socket;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> silent = new CopyOnWriteArrayList<>();

    /** @param answers in order; the last one is repeated */
    FakeServer(final Then then, final String... answers) throws IOException {
        socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        final Thread thread = new Thread(() -> serve(then, answers));
        thread.setDaemon(true);
        thread.start();
    }

    HttpUrl url(final String target) throws DownloadFailure {
        return HttpUrl.parse("http://127.0.0.1:" + socket.getLocalPort() + target);
    }

    /** The heads of the received requests. */
    List<String> requests() {
        return requests;
    }

    private void serve(final Then then, final String... answers) {
        for (int i = 0; !socket.isClosed(); i++) {
            try {
                final Socket client = socket.accept();
                requests.add(head(client));
                client.getOutputStream()
                        .write(answers[Math.min(i, answers.length - 1)].getBytes(StandardCharsets.ISO_8859_1));
                switch (then) {
                    case CLOSE -> client.close();
                    case RESET -> {
                        client.setSoLinger(true, 0);
                        client.close();
                    }
                    case STAY_SILENT -> silent.add(client);
                }
            } catch (final IOException e) {
                // the test is over, or the client has left
            }
        }
    }

    private static String head(final Socket client) throws IOException {
        final ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            final int b = client.getInputStream().read();
            if (b < 0) {
                break;
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (final Socket client : silent) {
            client.close();
        }
    }
}
