package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.http.client.DownloadProgress;
import io.tapstack.http.client.Downloader;
import io.tapstack.http.client.FileSink;
import io.tapstack.http.client.HttpUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Redirects as servers send them: our client requests the same as curl, except for octets that curl does not encode.
 */
@Timeout(60)
class RedirectIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private TestNetwork network;
    private ServerSocket server;
    private volatile String location = "";

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open();
        server = new ServerSocket(0, 16, network.hostAddress());
        final Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        network.close();
    }

    /** A first request is redirected, the next answered. */
    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                final BufferedReader input =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
                final StringBuilder head = new StringBuilder(input.readLine());
                for (String line = input.readLine(); !line.isEmpty(); line = input.readLine()) {
                    if (line.startsWith("Host:") || line.startsWith("Authorization:")) {
                        head.append(' ').append(line);
                    }
                }
                requests.add(head.toString());
                final String answer = head.indexOf("/dir/sub/start?s") >= 0 && !location.isEmpty()
                        ? "302 Found\r\nContent-Length: 0\r\nLocation: " + location
                        : "200 OK\r\nContent-Length: 2";
                client.getOutputStream()
                        .write(("HTTP/1.1 " + answer + "\r\nConnection: close\r\n\r\nok")
                                .getBytes(StandardCharsets.ISO_8859_1));
            } catch (final IOException e) {
                // the test is over, or the client has left
            }
        }
    }

    private String start() {
        return authority(network.hostAddress().getHostAddress()) + "/dir/sub/start?s";
    }

    private String authority(final String host) {
        return "http://" + host + ':' + server.getLocalPort();
    }

    private String asksLast(final HttpUrl url) throws Exception {
        requests.clear();
        new Downloader(network.transport(), LIMIT, LIMIT)
                .download(url, new FileSink(directory.resolve("file")), false, DownloadProgress.SILENT);
        return requests.get(requests.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/f\u00c3\u00bc.txt",
                "/f\u00e9\u0080.txt",
                "/a?x=1|2",
                "/\"<>\\^`{|}[]",
                "/a b",
                "  /a  ",
                "../x/./y/../z",
                "../../../../..",
                "?a=b#c|d",
                "/a#b?c",
                "//HOST/y",
                "HTTP://HOST/y",
                "http:/HOST/y",
                "http://HOST",
                "http://HOST?q",
                "http://u:p%40@HOST/y",
                "a//b/../c",
                "/%zz%",
                ";x",
            })
    void asCurl(final String text) throws Exception {
        location = text.replace(
                "HOST", authority(network.hostAddress().getHostAddress()).substring("http://".length()));
        final String ours = asksLast(HttpUrl.parse(start()));
        HostPrograms.run("curl", "-sS", "-L", "-o", "/dev/null", start());
        final String curls = requests.get(requests.size() - 1);
        assertThat(decoded(ours)).isEqualTo(decoded(curls));
        assertThat(ours.split(" ", 3)[1]).as("is a URI").matches("[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*");
    }

    private static String decoded(final String request) {
        return URLDecoder.decode(
                request.replace("+", "%2B").replaceAll("%(?![0-9A-Fa-f]{2})", "%25"), StandardCharsets.ISO_8859_1);
    }

    /** Names that no URI could have, but /etc/hosts and DNS have. */
    @Test
    void hosts() throws Exception {
        final Path hosts = directory.resolve("hosts");
        Files.writeString(
                hosts, network.hostAddress().getHostAddress() + " my_host a_.b-c xn--mller-kva.test dot.test\n");
        HostPrograms.run("mount", "--bind", hosts.toString(), "/etc/hosts");
        try {
            for (final String host : new String[] {"my_host", "a_.b-c", "MY_host", "m\u00fcller.test"}) {
                location = "";
                final String ours = asksLast(HttpUrl.parse(authority(host) + "/a"));
                HostPrograms.run("curl", "-sS", "-o", "/dev/null", authority(host) + "/a");
                assertThat(ours).isEqualTo(requests.get(requests.size() - 1));
            }
            assertThat(asksLast(HttpUrl.parse(authority("dot.test.") + "/a"))).startsWith("GET /a ");
            location = authority("my_host") + "/b";
            assertThat(asksLast(HttpUrl.parse(start()))).startsWith("GET /b HTTP/1.1 Host: my_host:");
        } finally {
            HostPrograms.run("umount", "/etc/hosts");
        }
    }
}
