package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts nginx in the second namespace: one process, since load and server then have a processor each on a machine of
 * two, and since it ends with the process that the lab knows. Like our server it logs no requests, and checks a file
 * again for each request.
 */
final class NginxServer {

    private static final int PORT = 80;
    private static final int ATTEMPTS = 100;
    private static final int CONNECT_MILLIS = 1000;
    private static final long PAUSE_MILLIS = 50;

    private NginxServer() {}

    /** Serves a directory. */
    static Server start(final Lab lab, final Path root) throws IOException, InterruptedException {
        final Path home = Files.createDirectories(lab.directory().resolve("nginx"));
        final Path configuration = Files.writeString(home.resolve("nginx.conf"), configuration(home, root));
        final Child process = lab.startInSecond(
                "nginx",
                List.of("nginx", "-p", home.toString(), "-e", home + "/error.log", "-c", configuration.toString()));
        awaitListening();
        return new Server(process, Lab.REFERENCE_ADDRESS, PORT);
    }

    private static String configuration(final Path home, final Path root) {
        return """
                daemon off;
                master_process off;
                pid %1$s/pid;
                events {
                    worker_connections 1024;
                }
                http {
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    tcp_nodelay on;
                    keepalive_requests 1000000000;
                    default_type application/octet-stream;
                    client_body_temp_path %1$s/t;
                    proxy_temp_path %1$s/t;
                    fastcgi_temp_path %1$s/t;
                    uwsgi_temp_path %1$s/t;
                    scgi_temp_path %1$s/t;
                    server {
                        listen %2$s:%3$d backlog=1024;
                        root %4$s;
                    }
                }
                """.formatted(home, Lab.REFERENCE_ADDRESS, PORT, root);
    }

    private static void awaitListening() throws BenchFailure, InterruptedException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(Lab.REFERENCE_ADDRESS, PORT), CONNECT_MILLIS);
                return;
            } catch (final IOException e) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        throw new BenchFailure("nginx does not listen");
    }
}
