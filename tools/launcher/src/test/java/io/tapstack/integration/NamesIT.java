package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.integration.Launcher.Place;
import io.tapstack.octets.PathOctets;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names of files that are not UTF-8, and others, as the command line gets them, in locales that have them and in one
 * that does not.
 */
@Timeout(120)
class NamesIT {

    private static final Place PLACE = new Place(3);

    /** The JVM itself: {@code bin/tapstack} would set a locale. */
    private static final String TAPSTACK = System.getProperty("java.home") + "/bin/java -jar "
            + Path.of("target", "tapstack.jar").toAbsolutePath();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeFiles() throws Exception {
        final Path served = Files.createDirectory(directory.resolve(PathOctets.path("d\u00e9")));
        Files.writeString(served.resolve(PathOctets.path("caf\u00e9.txt")), "latin\n");
        Files.writeString(served.resolve(PathOctets.path("\u00c3\u00bc")), "utf\n");
        final Path inner = Files.createDirectory(served.resolve(PathOctets.path("sub\u00e9")));
        Files.writeString(inner.resolve("x"), "inner\n");
    }

    /** Runs a script: ASCII to this JVM, octets to the shell. */
    private String bash(final String commands) throws Exception {
        final String script = "cd " + directory + "\n" + commands;
        return HostPrograms.run(
                "bash",
                "-euo",
                "pipefail",
                Files.writeString(directory.resolve("script"), script).toString());
    }

    private String serving(final String locale, final String folder, final String served, final String commands)
            throws Exception {
        return bash("cd " + folder + "\n"
                + "exec 3< <(exec env LC_ALL=" + locale + " " + TAPSTACK + " serve " + served + " "
                + String.join(" ", PLACE.options()) + " 2>" + directory + "/log); server=$!\n"
                + "trap 'kill $server' EXIT\n"
                + "read -r line <&3; [[ $line == ready:* ]]\n"
                + "get() { curl -sS --fail --max-time 20 \"http://" + PLACE.ip() + "$1\"; }\n"
                + "log() { grep -o '\"GET /[^ ]* ' " + directory + "/log | head -$1; }\n"
                + commands);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aDirectory(final String locale) throws Exception {
        final String out = serving(locale, ".", "$'d\\xe9'", """
                get /caf%E9.txt
                get /%C3%BC
                get $'/\\xc3\\xbc'
                get /sub%E9/x
                get / | sed -n 's/.*href="\\([^."][^"]*\\)".*/\\1/p' >links
                while read -r link; do get /$link >/dev/null; echo $link; done <links
                get / | grep -o '>[^<]*<' | grep -e caf -e sub
                log 2
                """);
        assertThat(out.lines())
                .containsExactly(
                        "latin",
                        "utf",
                        "utf",
                        "inner",
                        "sub%E9/",
                        "caf%E9.txt",
                        "%C3%BC",
                        ">sub\\xE9/<",
                        ">caf\\xE9.txt<",
                        "\"GET /caf%E9.txt ",
                        "\"GET /%C3%BC ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void aFileInAWorkingDirectory(final String locale) throws Exception {
        final String out = serving(locale, "$'d\\xe9'", "$'caf\\xe9.txt'", """
                get /
                get /caf%E9.txt
                get /%C3%BC 2>&1 | grep -o 404 || true
                log 2
                """);
        assertThat(out.lines()).containsExactly("latin", "latin", "404", "\"GET / ", "\"GET /caf%E9.txt ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void whatIsDownloaded(final String locale) throws Exception {
        final HttpServer server = HttpServer.create(new InetSocketAddress(0), 8);
        server.createContext("/", exchange -> {
            final byte[] path = exchange.getRequestURI().getRawPath().getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, path.length);
            exchange.getResponseBody().write(path);
            exchange.close();
        });
        server.start();
        try {
            final String out = bash(("""
                    cd $'d\\xe9'
                    get() { env LC_ALL=LOCALE TAPSTACK get OPTIONS "$@"; }
                    get http://HOST/new%E9
                    get $'http://HOST/new\\xe9'
                    get $'http://HOST/\\xc3\\xbcber' -o $'o\\xe9'
                    get http://HOST/out -o -
                    echo
                    cat $'new\\xe9'; echo
                    cat $'new\\xe9.1'; echo
                    cat $'o\\xe9'; echo
                    (get http://HOST/x -o $'no\\xe9/x' 2>&1 || true) | grep -o 'there is no directory.*no.xE9' | sed 's/.*no/no/'
                    """)
                    .replace("LOCALE", locale)
                    .replace("TAPSTACK", TAPSTACK)
                    .replace("OPTIONS", String.join(" ", PLACE.options()))
                    .replace("HOST", PLACE.hostIp() + ':' + server.getAddress().getPort()));
            assertThat(out.lines()).containsExactly("/out", "/new%E9", "/new%E9", "/%C3%BCber", "no\\xE9");
        } finally {
            server.stop(0);
        }
    }
}
