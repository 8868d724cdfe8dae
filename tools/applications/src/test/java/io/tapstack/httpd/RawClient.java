package io.tapstack.httpd;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A client that sends exactly the bytes of a test, and reads responses by Content-Length. */
final class RawClient implements AutoCloseable {

    /** A received response. */
    record Reply(int status, List<String> fields, byte[] body) {

        Optional<String> field(final String name) {
            final String prefix = name.toLowerCase(Locale.ROOT) + ':';
            return fields.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst();
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final InputStream input;

    RawClient(final InetSocketAddress server) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.connect(server, 5_000);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        input = socket.getInputStream();
    }

    Socket socket() {
        return socket;
    }

    /** Sends lines, each with CR LF added, and an empty line. */
    RawClient request(final String... lines) throws IOException {
        return raw(String.join("\r\n", lines) + "\r\n\r\n");
    }

    RawClient get(final String target, final String... fields) throws IOException {
        final List<String> lines = new ArrayList<>(List.of("GET " + target + " HTTP/1.1", "Host: test"));
        lines.addAll(List.of(fields));
        return request(lines.toArray(String[]::new));
    }

    RawClient raw(final String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    Reply reply() throws IOException {
        return reply(true);
    }

    Reply headReply() throws IOException {
        return reply(false);
    }

    private Reply reply(final boolean withBody) throws IOException {
        final int status = Integer.parseInt(line().split(" ", 3)[1]);
        final List<String> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            fields.add(line);
        }
        final Reply head = new Reply(status, fields, new byte[0]);
        final int length = withBody && status != 304
                ? Integer.parseInt(head.field("Content-Length").orElseThrow())
                : 0;
        final byte[] body = input.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("body has " + body.length + " of " + length + " bytes");
        }
        return new Reply(status, fields, body);
    }

    /** True if the server has ended the connection, with nothing more to read. */
    boolean ended() throws IOException {
        return input.read() < 0;
    }

    byte[] rest() throws IOException {
        return input.readAllBytes();
    }

    private String line() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = input.read(); b != '\n'; b = input.read()) {
            if (b < 0) {
                throw new EOFException("connection ended after: " + line);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
